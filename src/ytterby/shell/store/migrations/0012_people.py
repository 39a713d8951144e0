"""Names and passwords, sessions, nonces, passkeys in use, tokens."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nobody signed in before but to a demo."""

    dependencies = [("store", "0011_licence")]

    operations = [
        migrations.CreateModel(
            name="Login",
            fields=[
                ("account", models.TextField(primary_key=True, serialize=False)),
                ("name", models.TextField(unique=True)),
                ("password", models.TextField(default="")),
                ("code_secret", models.TextField(default="")),
                ("code_step", models.BigIntegerField(default=0)),
                ("invitation", models.TextField(default="")),
                ("invited_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="WebSession",
            fields=[
                ("digest", models.TextField(primary_key=True, serialize=False)),
                ("account", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(db_index=True)),
                ("proved_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="IssuedNonce",
            fields=[
                ("nonce", models.TextField(primary_key=True, serialize=False)),
                ("account", models.TextField()),
                ("purpose", models.TextField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("credential", models.TextField(primary_key=True, serialize=False)),
                ("account", models.TextField()),
                ("name", models.TextField()),
                ("counter", models.BigIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("digest", models.TextField(primary_key=True, serialize=False)),
                ("account", models.TextField()),
                ("name", models.TextField()),
                ("scopes", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("is_revoked", models.BooleanField(default=False)),
            ],
        ),
    ]
