// @ts-check
// What the server and the page tell each other, as types only; tests/review/test_contract.py compares them with the server.

/**
 * One face, or one place that a person covered.
 * @typedef {object} Face
 * @property {number} number Its number in the photo; never given twice.
 * @property {Box} box
 * @property {"cover" | "keep"} action
 * @property {string} words Why, in plain words.
 * @property {boolean} drawn Whether a person drew it.
 * @property {boolean} free Whether it may be shown without a reason.
 * @property {boolean} by_hand
 * @property {boolean} seen Whether a person has looked at it in this state.
 * @property {boolean} uncertain
 * @property {boolean} open Whether it is doubtful and nobody has looked at it.
 * @property {boolean} tiny Whether it is too small for its age to be judged.
 * @property {boolean} child Whether it looks like a child's.
 * @property {number} doubt How much it needs a look, 0 to 4.
 * @property {number} prominence How large it is in the photo, times how old it looks.
 */

/**
 * A line of words, a code or a number plate; what it says is not told.
 * @typedef {object} Mark
 * @property {number} number Its number in the photo.
 * @property {Box} box
 * @property {"text" | "code" | "plate"} kind
 * @property {"cover" | "keep"} action
 * @property {string} words What it is, and why it is covered or left.
 * @property {boolean} open Whether it stays visible and nobody has looked at it.
 */

/**
 * Left, top, right and bottom, in pixels of the photo.
 * @typedef {[number, number, number, number]} Box
 */

/**
 * A photo of the review; width and height are there once it is analysed, error and detail if that failed.
 * @typedef {object} Photo
 * @property {number} number
 * @property {string} name Its path inside the folder.
 * @property {"waiting" | "ready" | "look" | "left_out" | "blocked" | "failed"} status
 * @property {Face[]} faces
 * @property {Mark[]} marks
 * @property {number} doubt
 * @property {boolean} opened Whether a person has had the whole photo on the screen.
 * @property {boolean} clip Whether it is a clip, which is shown by its storyboard.
 * @property {number} [width]
 * @property {number} [height]
 * @property {string | null} [left_out] Why it is not published.
 * @property {string} [error]
 * @property {string} [detail] The exact fault, in English.
 */

/** @typedef {Photo & {width: number, height: number}} Analysed */

/**
 * What became of one photo of an export.
 * @typedef {object} Written
 * @property {number} photo
 * @property {string} name
 * @property {"written" | "rewritten" | "unchanged" | "taken_out" | "left_out" | "failed"} state
 * @property {string | null} output
 * @property {string[]} [removed]
 * @property {number} [added] Places that only the independent check found.
 * @property {string} [error]
 * @property {string} [detail] The exact fault, in English.
 */

/**
 * @typedef {object} State
 * @property {string} review Which review this is: another one after the settings were changed.
 * @property {number} revision
 * @property {number} total
 * @property {number} done
 * @property {boolean} busy
 * @property {string | null} fault
 * @property {number} undo
 * @property {number} redo
 * @property {number} unseen
 * @property {number} doubts
 * @property {number} open_words Words, codes and plates that stay visible and that nobody has looked at.
 * @property {number} exporting
 * @property {Written[]} written
 * @property {number[]} outdated Photos that were changed since they were written.
 * @property {Photo[]} photos Those that changed.
 */

/**
 * @typedef {object} Question
 * @property {string} words
 * @property {string} no What a no means.
 * @property {boolean} ends Whether nothing is written after a no; else it needs a reason.
 */

/**
 * What stays the same during a review.
 * @typedef {object} About
 * @property {string} version
 * @property {string} policy
 * @property {string[]} policy_words
 * @property {string} folder
 * @property {string} out
 * @property {string} report The file that a person reads, once photos are written.
 * @property {string} decisions
 * @property {boolean} foreign Whether the decisions that were there were not made on this computer.
 * @property {Record<string, Question>} questions
 * @property {Record<string, string>} left_out_words
 * @property {Record<string, string>} whys
 * @property {number} max_note
 * @property {string} reference A regular expression that a consent's reference matches.
 * @property {boolean} letter_keys Whether single letters are keys.
 * @property {string[]} checks
 * @property {number} margin
 * @property {boolean} words Whether words, codes and plates are looked for.
 */

/**
 * Something besides faces to know before photos are published.
 * @typedef {object} Warning
 * @property {"name" | "duplicate" | "video" | "pdf" | "other"} kind
 * @property {number[]} photos
 * @property {number} count
 */

/**
 * A folder inside the one that is shown.
 * @typedef {object} Folder
 * @property {string} name
 * @property {string} path
 * @property {number} photos
 * @property {number} folders
 * @property {boolean} closed Whether it cannot be opened.
 */

/**
 * What a person chose before a review.
 * @typedef {object} Wishes
 * @property {string | null} policy
 * @property {string | null} children
 * @property {string | null} style
 * @property {string | null} shape
 * @property {string | null} color
 * @property {string} sticker The PNG file for a style of that name.
 * @property {number | null} margin How much larger than the head covers are, as a share of the face.
 * @property {boolean | null} publish
 * @property {string} out Empty for next to the folder.
 */

/**
 * What can be chosen, each with its words.
 * @typedef {object} Offered
 * @property {Record<string, {title: string, words: string}>} policies
 * @property {Record<string, string>} children
 * @property {Record<string, string>} styles
 * @property {Record<string, string>} shapes
 * @property {Record<string, number[]>} colors
 * @property {number[]} margins
 * @property {number} side
 */

/**
 * A folder that was opened lately.
 * @typedef {object} Recent
 * @property {string} name
 * @property {string} path
 * @property {"opened" | "begun" | "written"} state
 */

/**
 * @typedef {object} Listing
 * @property {string} path
 * @property {string} name
 * @property {string | null} up
 * @property {Folder[]} folders
 * @property {number} more
 * @property {number} photos
 * @property {number} here Of these, those that lie in the folder itself.
 * @property {boolean} all
 * @property {string | null} out
 * @property {{name: string, path: string}[]} places
 * @property {Wishes} wishes What was chosen for this folder before.
 * @property {Recent[]} recent Folders that were opened lately, if the person agreed to keep them.
 */

/**
 * One change to one photo.
 * @typedef {object} Edit
 * @property {"set" | "draw" | "move" | "delete" | "cover_all" | "similar"} do
 * @property {number} photo
 * @property {number | null} [face]
 * @property {"cover" | "keep"} [action]
 * @property {number[]} [box]
 * @property {string} [why]
 * @property {string} [note]
 */

/**
 * How the covers of a photo will look in its file.
 * @typedef {object} Sketch
 * @property {string} tone The colour of all covers, #rrggbb.
 * @property {string} rim The colour of their rims.
 * @property {[number, string][]} edges The number of each face that is covered, below 0 for words, and its cover's edge as an SVG path; from back to front.
 */

/** @typedef {{photo: number, face: number}} Place A face by the numbers of photo and face. */

export {};
