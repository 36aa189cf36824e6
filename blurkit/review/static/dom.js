// Makes elements. Text is always text: a photo's name can hold no markup.

export function el(tag, values = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(values)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function button(words, onclick, values = {}) {
  return el("button", { type: "button", onclick, ...values }, words);
}

export function count(number, thing, things = `${thing}s`) {
  return `${number} ${number === 1 ? thing : things}`;
}

export function say(words) {
  document.getElementById("live").textContent = words;
}

export function warn(words) {
  const notice = document.getElementById("notice");
  notice.textContent = words;
  notice.hidden = !words;
}
