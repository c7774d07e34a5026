"""The shapes of this room's answers and questions."""

from typing import Any

from rest_framework import serializers as s

from chains.api.places import ChainName
from chains.api.strict import StrictSerializer
from standards.models import VersionState
from standards.services.exchange.files import CONTENT_TYPES
from standards.spec.checklist import CODE_PATTERN


class EditorName(s.Serializer[Any]):
    """A colleague by name."""

    username = s.CharField()


class VersionName(s.Serializer[Any]):
    """A version of a checklist in short."""

    id = s.UUIDField()
    number = s.IntegerField()
    state = s.CharField(help_text=", ".join(VersionState.values))
    sha256 = s.CharField(allow_null=True)


class ChecklistShape(s.Serializer[Any]):
    """A checklist and the versions of it that the person asking may see, newest first."""

    id = s.UUIDField()
    chain = ChainName()
    code = s.CharField()
    name = s.CharField()
    versions = VersionName(many=True, source="shown_versions")


class SectionShape(s.Serializer[Any]):
    """A section with the number of its standards."""

    code = s.CharField()
    name = s.CharField()
    parent = s.CharField(allow_blank=True)  # type: ignore[assignment]
    repeats = s.BooleanField()
    standards = s.IntegerField()


class ClassificationShape(s.Serializer[Any]):
    """A classification."""

    code = s.CharField()
    name = s.CharField()


class ChecklistName(s.Serializer[Any]):
    """A checklist in short."""

    id = s.UUIDField()
    code = s.CharField()
    name = s.CharField()


class VersionShape(VersionName):
    """A version of a checklist: its head and sections; `content` has the rest."""

    checklist = ChecklistName()
    language = s.CharField()
    decimals = s.IntegerField(help_text="Scores are whole numbers of 10^-decimals points.")
    classifications = ClassificationShape(many=True)
    sections = SectionShape(many=True, source="counted_sections")
    standards = s.IntegerField(source="counted_standards")
    based_on = s.UUIDField(source="based_on_id", allow_null=True)
    code_map = s.DictField(child=s.CharField(), help_text="New code → code in the version it is based on.")
    note = s.CharField(allow_blank=True)
    created_at = s.DateTimeField()
    published_at = s.DateTimeField(allow_null=True)


class ChangeShape(s.Serializer[Any]):
    """One field before and after."""

    field = s.CharField()
    before = s.CharField(allow_blank=True)
    after = s.CharField(allow_blank=True)


class StandardChangeShape(s.Serializer[Any]):
    """One standard that is in both; `was` is its code in the older one."""

    code = s.CharField()
    was = s.CharField()
    changes = ChangeShape(many=True)


class ChangesShape(s.Serializer[Any]):
    """What differs between two checklists; a standard can stand in several lists."""

    added = s.ListField(child=s.CharField())
    removed = s.ListField(child=s.CharField())
    reworded = StandardChangeShape(many=True)
    reweighted = StandardChangeShape(many=True)
    moved = StandardChangeShape(many=True)
    changed = StandardChangeShape(many=True)
    head = ChangeShape(many=True)
    lines = s.ListField(child=s.CharField(), help_text="The same in plain words.")


class FaultShape(s.Serializer[Any]):
    """One thing that stands against publishing."""

    pointer = s.CharField(allow_blank=True)
    code = s.CharField()
    detail = s.CharField()


class FaultsShape(s.Serializer[Any]):
    """Everything that stands against publishing; empty when nothing does."""

    faults = FaultShape(many=True)


class RevisionShape(s.Serializer[Any]):
    """One change of a draft: who, when, what."""

    id = s.UUIDField()
    number = s.IntegerField()
    made_at = s.DateTimeField()
    made_by = EditorName(allow_null=True)
    action = s.CharField()
    lines = s.ListField(child=s.CharField())


class LanguageShape(s.Serializer[Any]):
    """One language of a version: how much of it is translated, and the document where it is published."""

    language = s.CharField()
    translated = s.IntegerField()
    needed = s.IntegerField()
    sha256 = s.CharField(allow_null=True)


class LanguagesShape(s.Serializer[Any]):
    """The languages of a version."""

    languages = LanguageShape(many=True)


class NewChecklist(StrictSerializer):
    """A checklist to be made."""

    chain = s.SlugField(help_text="Slug of the chain.")
    code = s.RegexField(CODE_PATTERN)
    name = s.CharField(max_length=200)
    language = s.CharField(max_length=20, required=False, default="en")
    decimals = s.IntegerField(min_value=0, max_value=6, required=False, default=0)


class NewVersion(StrictSerializer):
    """A draft to be made: a copy of a version, or empty."""

    based_on = s.UUIDField(required=False, allow_null=True, default=None)


class Publishing(StrictSerializer):
    """What goes with publishing."""

    note = s.CharField(required=False, allow_blank=True, default="", max_length=2000)
    languages = s.ListField(
        child=s.CharField(max_length=20),
        required=False,
        allow_null=True,
        default=None,
        max_length=50,
        help_text="Translations to publish with it; null takes every complete one.",
    )


class Empty(StrictSerializer):
    """Nothing."""


class ExportQuery(StrictSerializer):
    """Which kind of file."""

    kind = s.ChoiceField(choices=sorted(CONTENT_TYPES), required=False, default="csv")


class ChangesQuery(StrictSerializer):
    """Compared with which version; default: the one it is based on, or the newest published before it."""

    since = s.UUIDField(required=False, allow_null=True, default=None)


class ImportQuery(StrictSerializer):
    """How a file is imported."""

    filename = s.CharField(required=False, max_length=200, help_text="Its ending tells the kind of a raw body.")
    dry_run = s.BooleanField(required=False, default=False, help_text="Say what would change, and change nothing.")


class ImportNewQuery(StrictSerializer):
    """Where a new checklist goes, and what its file does not say."""

    chain = s.SlugField()
    filename = s.CharField(required=False, max_length=200)
    code = s.CharField(required=False, default="", max_length=40)
    name = s.CharField(required=False, default="", max_length=200)
    language = s.CharField(required=False, default="", max_length=20)
    decimals = s.CharField(required=False, default="", max_length=2)


class FileForm(s.Serializer[Any]):
    """A file as a form."""

    file = s.FileField()


class LoadPack(StrictSerializer):
    """Where a pack goes."""

    chain = s.SlugField(help_text="Slug of the chain.")


class PacksShape(s.Serializer[Any]):
    """The packs there are."""

    packs = s.ListField(child=s.CharField())


class BriefVersionName(s.Serializer[Any]):
    """A version of a brief in short."""

    id = s.UUIDField()
    number = s.IntegerField()
    language = s.CharField()
    sha256 = s.CharField(allow_null=True)
    published_at = s.DateTimeField(allow_null=True)


class BriefShape(s.Serializer[Any]):
    """A brief and its versions, newest first."""

    id = s.UUIDField()
    chain = ChainName()
    code = s.CharField()
    name = s.CharField()
    versions = BriefVersionName(many=True, source="shown_versions")


class BriefVersionShape(BriefVersionName):
    """A version of a brief with its text."""

    brief = ChecklistName()
    text = s.CharField(allow_blank=True)


class BriefText(StrictSerializer):
    """What a brief says."""

    text = s.CharField(max_length=20_000, trim_whitespace=False)
    language = s.CharField(max_length=20, required=False, default="en")


class NewBrief(BriefText):
    """A brief to be made."""

    chain = s.SlugField(help_text="Slug of the chain.")
    code = s.RegexField(CODE_PATTERN)
    name = s.CharField(max_length=200)


class SchemeVersionName(s.Serializer[Any]):
    """A version of a rating scheme in short; a draft has no digest."""

    id = s.UUIDField()
    number = s.IntegerField()
    effective_from = s.DateField()
    sha256 = s.CharField(allow_blank=True)
    published_at = s.DateTimeField(allow_null=True)


class SchemeShape(s.Serializer[Any]):
    """A rating scheme and the versions of it that the person asking may see, newest first."""

    id = s.UUIDField()
    chain = ChainName()
    code = s.CharField()
    name = s.CharField()
    versions = SchemeVersionName(many=True, source="shown_versions")


class SchemeVersionShape(SchemeVersionName):
    """A version of a rating scheme with its document: canonical JSON once published, as typed before."""

    scheme = ChecklistName()
    document = s.CharField(allow_blank=True)
    note = s.CharField(allow_blank=True)


class SchemeDocument(StrictSerializer):
    """What a scheme says (YAML or JSON text) and from when."""

    document = s.CharField(max_length=65_536, trim_whitespace=False)
    effective_from = s.DateField()


class NewScheme(SchemeDocument):
    """A rating scheme to be made."""

    chain = s.SlugField(help_text="Slug of the chain.")
    code = s.RegexField(CODE_PATTERN)
    name = s.CharField(max_length=200)


class SchemePublishing(StrictSerializer):
    """What goes with publishing a scheme."""

    note = s.CharField(required=False, allow_blank=True, default="", max_length=2000)


class SchemeReadingShape(s.Serializer[Any]):
    """What is wrong with a scheme, or which way each part moves its outcome (up, down or neither)."""

    faults = FaultShape(many=True)
    directions = s.DictField(child=s.ChoiceField(choices=["up", "down", "neither"]))
    exact_way_up = s.BooleanField(
        help_text="False: a part moves the outcome neither way (or there are faults), so that the way to the next star "
        "is found by trying, and says so where a smaller one may exist."
    )


class SavedSchemeShape(SchemeVersionShape):
    """A version as it was saved, and how it reads."""

    reading = SchemeReadingShape()
