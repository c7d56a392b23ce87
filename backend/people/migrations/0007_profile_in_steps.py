"""A profile said step by step; whoever has registered so far has said all of it. ACTIVE needs a language too."""

import django.contrib.postgres.fields
from django.db import migrations, models

ALL_SAID = """
UPDATE people_pilot SET steps_done = ARRAY['contact', 'languages', 'times', 'topics', 'travel']::varchar[];
"""
FUNCTION = """
CREATE OR REPLACE FUNCTION people_active_needs_qualification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM people_pilot WHERE id = NEW.id AND status = 'ACTIVE') AND NOT (
        EXISTS (SELECT 1 FROM people_qualification WHERE pilot_id = NEW.id AND kind = 'basic_course')
        AND EXISTS (SELECT 1 FROM people_consent
                    WHERE user_id = NEW.user_id AND kind = 'confidentiality' AND withdrawn_at IS NULL)
        {language}
    ) THEN
        RAISE EXCEPTION 'an active pilot needs {what}'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_active_needs_qualification';
    END IF;
    RETURN NULL;
END $$;
"""
LANGUAGE = "AND EXISTS (SELECT 1 FROM people_languageskill WHERE pilot_id = NEW.id)"
FORWARD = FUNCTION.format(language=LANGUAGE, what="a language, a basic course and a pledge")
BACKWARD = FUNCTION.format(language="", what="a basic course and a pledge")
STEPS = [
    ("languages", "Languages"),
    ("travel", "Where and how far"),
    ("times", "Times of the week"),
    ("topics", "Topics and wishes"),
    ("contact", "How we reach you"),
]


class Migration(migrations.Migration):
    dependencies = [("people", "0006_directions_of_spoken_languages")]

    operations = [
        migrations.AddField(
            model_name="pilot",
            name="steps_done",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=STEPS, max_length=12), blank=True, default=list, size=None
            ),
        ),
        migrations.RunSQL(ALL_SAID, migrations.RunSQL.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
