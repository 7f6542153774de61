"""A scheme file's rows are found by their file and never by their id: an index of it took a third
of the time of loading them. A file is loaded by one at a time, and numbers its rows itself."""

from django.db import migrations

WITHOUT = "ALTER TABLE settlement_schemerow DROP CONSTRAINT settlement_schemerow_pkey"
WITH = "ALTER TABLE settlement_schemerow ADD CONSTRAINT settlement_schemerow_pkey PRIMARY KEY (id)"


class Migration(migrations.Migration):
    dependencies = [("settlement", "0005_lines_fit_their_batch")]
    operations = [migrations.RunSQL(WITHOUT, WITH)]
