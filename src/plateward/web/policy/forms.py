"""What is filled in about a policy: its text, its silences, what adopts it or suspends a clause."""

from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from plateward.oversight import answers as spoken
from plateward.policy import document, sense, shape
from plateward.policy.compare import said
from plateward.policy.silence import Answer, Silence
from plateward.web.policy import draft as policy_draft
from plateward.web.policy.told import decided

ACCEPT, KEEP, REPLACE, UNSAID = "accept", "keep", "replace", "unsaid"
LEGAL_NOTE: Final = "legal_notes."
_YES_NO: Final = {"yes": True, "no": False}


class TextForm(forms.Form):
    """A profile, typed or as a file; the file counts where both are given."""

    text = forms.CharField(
        label="The text",
        required=False,
        max_length=document.MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "typed"}),
        help_text="A profile in YAML. It begins with what is in force; change it, or put another "
        "in its place.",
    )
    file = forms.FileField(
        label="Or a file",
        required=False,
        help_text="If you choose one, it is read instead of the text above.",
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,text/plain"}),
    )
    laws = forms.MultipleChoiceField(
        label="Also stand under",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The laws that the text itself names apply in any case.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["laws"].choices = policy_draft.law_choices()  # type: ignore[attr-defined]

    def clean_file(self) -> str:
        sent: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if sent is None:
            return ""
        try:
            return policy_draft.read(sent.read(document.MOST_BYTES + 1))
        except policy_draft.NotGood as wrong:
            raise forms.ValidationError(f"{wrong.why} Nothing was adopted.") from wrong

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        given["text"] = given.get("file") or given.get("text", "").replace("\r\n", "\n")
        if not given["text"] and not self.errors:
            self.add_error("text", "Paste a text or choose a file. Nothing was adopted.")
        return given


class AnswerForm(forms.Form):
    """One silence: accept the proposal, keep what was decided before, or decide otherwise."""

    choice = forms.ChoiceField(
        label="Decision",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one: the text is silent, so somebody has to decide."},
    )
    value = forms.CharField(label="Decided instead", required=False, max_length=2000)
    why = forms.CharField(label="The reason", required=False, max_length=1000)

    def __init__(
        self, *args: Any, silence: Silence, in_force: Answer | None, by: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.silence, self.in_force, self.by = silence, in_force, by
        self.made: Answer | None = None
        self.fields["choice"].choices = self._choices()  # type: ignore[attr-defined]
        self.fields["value"] = _field_for(silence.path)

    @property
    def about(self) -> str:
        return spoken.about(self.silence.path)

    @property
    def proposal(self) -> str:
        return said(self.silence.default)

    @property
    def before(self) -> str:
        """What is in force here now, in words; empty where nobody has decided."""
        now = self.in_force
        if now is None:
            return ""
        if _as_proposed(now, self.silence):
            return f"the same, by {now.by}."
        return f"{decided(now.value)}, by {now.by}, because {now.why}"

    @property
    def is_legal_note(self) -> bool:
        return self.silence.path.startswith(LEGAL_NOTE)

    def answer(self) -> Answer:
        """After is_valid."""
        assert self.made is not None
        return self.made

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        choice = given.get("choice")
        if choice is None or self.errors:
            return given
        if choice in (REPLACE, UNSAID) and not given["why"].strip():
            self.add_error("why", "Give the reason: it stays on record beside the decision.")
        if choice == REPLACE and not given["value"]:
            self.add_error("value", "Write what is decided instead of the proposal.")
        if not self.errors:
            self.made = self._made(choice, given)
            for wrong in sense.answer_errors([self.silence], [self.made]):
                self.add_error("value", f"{wrong.reason}.")
        return given

    def _choices(self) -> list[tuple[str, str]]:
        silence, before = self.silence, self.in_force
        if self.is_legal_note:
            return [(ACCEPT, "I have read it for the city"), (REPLACE, "Read, with a remark")]
        choices = [(ACCEPT, f"Accept the proposal: {said(silence.default)}")]
        if before is not None and not _as_proposed(before, silence):
            choices.append((KEEP, f"Keep what is in force: {decided(before.value)}"))
        choices.append((REPLACE, "Decide otherwise: write what, and why"))
        choices.append((UNSAID, "Ask for nothing here: leave it unsaid, and write why"))
        return choices

    def _made(self, choice: str, given: dict[str, Any]) -> Answer:
        path, why = self.silence.path, given["why"].strip()
        if choice == ACCEPT:
            silence = self.silence
            return Answer(path, silence.default, self.by, silence.why, accepted_default=True)
        if choice == KEEP and self.in_force is not None:
            return Answer(path, self.in_force.value, self.by, self.in_force.why)
        if choice == UNSAID:
            return Answer(path, None, self.by, why)
        return Answer(path, value_of(path, given["value"]), self.by, why)


class AdoptForm(forms.Form):
    instrument = forms.CharField(
        label="Adopted by which instrument",
        max_length=300,
        help_text="Such as: Ordinance 251110D, or Resolution 26-014 of 17 November 2026.",
        error_messages={"required": "Name what adopted it. Nothing was adopted."},
    )
    confirmed = forms.BooleanField(
        label="The council, or whoever may decide for the city, adopted this text. I put it in "
        "force in my name.",
        error_messages={"required": "Tick this to put it in force. Nothing was adopted."},
    )


class ClauseForm(forms.Form):
    reference = forms.CharField(
        label="Decided by",
        max_length=300,
        help_text="The court order or resolution, with its number: it stays on record.",
        error_messages={"required": "Name the order or resolution. Nothing was changed."},
    )
    confirmed = forms.BooleanField(
        label="I have read what changes, and put it in force in my name.",
        error_messages={"required": "Tick this to go on. Nothing was changed."},
    )


def initial(silence: Silence, drafted: Answer | None, in_force: Answer | None) -> dict[str, Any]:
    """What stands in the form: the draft's decision; else that of the policy in force.

    That somebody else has read a legal note says nothing of who is asked now.
    """
    legal = silence.path.startswith(LEGAL_NOTE)
    shown = drafted or (None if legal else in_force)
    if shown is None:
        return {}
    if _as_proposed(shown, silence):
        return {"choice": ACCEPT}
    if in_force is not None and (shown.value, shown.why) == (in_force.value, in_force.why):
        return _written(silence.path, shown) if legal else {"choice": KEEP}
    if shown.value is None:
        return {"choice": UNSAID, "why": shown.why}
    return _written(silence.path, shown)


def _written(path: str, answer: Answer) -> dict[str, Any]:
    return {"choice": REPLACE, "value": as_typed(path, answer.value), "why": answer.why}


def _as_proposed(answer: Answer, silence: Silence) -> bool:
    """A proposal may have changed since; then what was accepted is a decision of its own."""
    return bool(answer.value == silence.default)


def _field_for(path: str) -> forms.Field:
    """What a place of a profile may hold decides how it is filled in."""
    kind, words = _kind(path)
    if kind in ("choice", "yes or no"):
        told = [("", "Choose"), *((word, word.replace("_", " ").capitalize()) for word in words)]
        return forms.ChoiceField(label="Decided instead", required=False, choices=told)
    if kind in ("list", "section"):
        hint = {
            "list": "One a line.",
            "section": "As in the file: one key a line, such as level: end_to_end.",
        }[kind]
        box = forms.Textarea(attrs={"rows": 4})
        return forms.CharField(
            label="Decided instead", required=False, max_length=2000, help_text=hint, widget=box
        )
    hint = "Such as P30D (30 days), P6M or P1Y." if kind == "period" else ""
    return forms.CharField(label="Decided instead", required=False, max_length=500, help_text=hint)


def _kind(path: str) -> tuple[str, tuple[str, ...]]:
    """The kind of value the place takes; and the words it is chosen from, where it is."""
    place = shape.place(path) or {}
    if "enum" in place:
        return "choice", tuple(word for word in place["enum"] if isinstance(word, str))
    kinds = place.get("type", "string")
    if "boolean" in kinds:
        return "yes or no", tuple(_YES_NO)
    if "array" in kinds:
        return "list", ()
    if "object" in kinds:
        return "section", ()
    periods = [place, *place.get("anyOf", ())]
    return ("period" if any("pattern" in each for each in periods) else "words"), ()


def value_of(path: str, written: str) -> Any:
    kind, _words = _kind(path)
    if kind == "yes or no":
        return _YES_NO[written]
    if kind == "list":
        return [line.strip() for line in written.splitlines() if line.strip()]
    if kind == "section":
        read = document.read(written)
        return written.strip() if read.errors else read.values
    return written.strip()


def as_typed(path: str, value: Any) -> str:
    kind, _words = _kind(path)
    if kind == "yes or no":
        return "yes" if value else "no"
    if kind == "list" and isinstance(value, list | tuple):
        return "\n".join(str(each) for each in value)
    if kind == "section" and not isinstance(value, str):
        return "\n".join(f"{key}: {_in_file(held)}" for key, held in value.items())
    return str(value)


def _in_file(value: Any) -> str:
    listed = isinstance(value, list | tuple)
    return f"[{', '.join(str(each) for each in value)}]" if listed else str(value)
