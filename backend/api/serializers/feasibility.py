"""What comes in and goes out about the chances of a request that nobody has filed yet."""

from rest_framework import serializers

from backend.api.serializers.help_requests import LANGUAGES_AT_MOST, SlotInput
from backend.api.serializers.values import Id, MeetingPlaceInput
from backend.dispatch.codes import Setting
from backend.dispatch.feasibility import Chances, Repair, Stage
from backend.dispatch.policies import SLOTS_AT_MOST
from backend.error_texts import sentence
from backend.errors import RuleViolated
from backend.feasibility_texts import UNKNOWN, repair_text, stage_text, verdict
from backend.people.codes import Gender, Topic


class SketchInput(serializers.Serializer):
    """A need as far as it is known. It is that of a help-seeker, or of somebody new to the office named.

    Whatever is left out refuses nobody, and is named in the answer where it would have counted.
    """

    help_seeker_id = Id(required=False)
    office_id = Id(required=False, help_text="Where there is no help-seeker yet")
    organisation_id = Id(required=False, help_text="For whom somebody new would be registered")
    languages = serializers.ListField(
        child=serializers.CharField(max_length=16), max_length=LANGUAGES_AT_MOST, required=False
    )
    required_level = serializers.IntegerField(min_value=1, max_value=6, required=False)
    topic = serializers.ChoiceField(choices=Topic.choices, required=False, allow_blank=True)
    setting = serializers.ChoiceField(choices=Setting.choices, required=False)
    gender_wish = serializers.ChoiceField(
        choices=Gender.choices, allow_blank=True, allow_null=True, required=False
    )
    minors = serializers.BooleanField(required=False)
    urgent = serializers.BooleanField(required=False)
    slots: serializers.ListSerializer = serializers.ListSerializer(
        child=SlotInput(), max_length=SLOTS_AT_MOST, required=False
    )
    meeting_place = MeetingPlaceInput(required=False, allow_null=True)


class CountShown(serializers.Serializer):
    """A bucket; `at_most` is null for "or more". `exact` is for the office alone, and null for others."""

    at_least = serializers.IntegerField()
    at_most = serializers.IntegerField(allow_null=True)
    exact = serializers.IntegerField(allow_null=True)


class StageShown(serializers.Serializer):
    """How many are left after one more group of rules."""

    code = serializers.CharField()
    count = CountShown()
    text = serializers.SerializerMethodField()

    def get_text(self, stage: Stage) -> str:
        chances = self.root.instance
        assert isinstance(chances, Chances)
        return stage_text(stage, chances)


class ChangeShown(serializers.Serializer):
    """What to ask for differently; which facts there are depends on the code."""

    code = serializers.CharField()
    facts = serializers.DictField()


class RepairShown(serializers.Serializer):
    """One change, or two that help only together; `by_office`: for the office to do."""

    changes = ChangeShown(many=True)
    count = CountShown()
    by_office = serializers.BooleanField()
    text = serializers.SerializerMethodField()

    def get_text(self, repair: Repair) -> str:
        return repair_text(repair)


class RefusalShown(serializers.Serializer):
    """Why a date could not be filed."""

    code = serializers.CharField()
    detail = serializers.SerializerMethodField()

    def get_detail(self, refusal: RuleViolated) -> str:
        return sentence(refusal)


class ChancesShown(serializers.Serializer):
    """How many could be asked, stage by stage, and what would help. Without a language there is no count.

    `unknown` names what does not count yet: "language", "time", "place".
    """

    languages = serializers.ListField(child=serializers.CharField())
    unknown = serializers.ListField(child=serializers.ChoiceField(choices=sorted(UNKNOWN)))
    count = CountShown(allow_null=True)
    verdict = serializers.SerializerMethodField()
    stages = StageShown(many=True)
    repairs = RepairShown(many=True)
    refusals = RefusalShown(many=True)

    def get_verdict(self, chances: Chances) -> str:
        return verdict(chances)
