"""The code lists that clients need to build a form."""

from rest_framework import serializers


class NamesShown(serializers.Serializer):
    de = serializers.CharField()
    en = serializers.CharField()


class TopicShown(serializers.Serializer):
    code = serializers.CharField()
    names = NamesShown()


class LanguageShown(TopicShown):
    """A language with its own name in its own script, and whether that runs right to left."""

    endonym = serializers.CharField()
    rtl = serializers.BooleanField()


class TownQuery(serializers.Serializer):
    q = serializers.CharField(max_length=80, help_text="Beginning of a postcode, of a place, or of both")
    limit = serializers.IntegerField(min_value=1, max_value=50, default=10)


class TownFound(serializers.Serializer):
    postcode = serializers.CharField()
    place = serializers.CharField()
    district_code = serializers.CharField()
    state_code = serializers.CharField()


class Languages(serializers.Serializer):
    results = LanguageShown(many=True)


class Topics(serializers.Serializer):
    results = TopicShown(many=True)


class Towns(serializers.Serializer):
    results = TownFound(many=True)
