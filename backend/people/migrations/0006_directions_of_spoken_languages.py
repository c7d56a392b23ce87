"""Tell the two directions of a spoken language apart, where 0005 took the weaker one for both.

Languages understood through another one keep that until the profile is saved next.
"""

from django.db import migrations

# Where the level does not agree, the profile has other spellings of the language, which only the closure can weigh.
FROM_PROFILE = """
UPDATE people_reach AS reach
SET speaks = skill.speaks, understands = skill.understands
FROM people_languageskill AS skill
WHERE skill.pilot_id = reach.pilot_id
  AND skill.language = reach.language
  AND reach.via = reach.language
  AND LEAST(skill.speaks, skill.understands) = reach.level
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0005_directions_and_quiet_hours")]

    operations = [migrations.RunSQL(FROM_PROFILE, migrations.RunSQL.noop)]
