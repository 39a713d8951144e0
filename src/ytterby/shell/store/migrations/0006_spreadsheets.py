from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_rights"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="converter",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="derived",
            field=models.BinaryField(null=True),
        ),
    ]
