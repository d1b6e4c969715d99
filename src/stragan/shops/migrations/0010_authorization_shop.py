import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shops', '0009_wider_offer_indexes'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='authorization',
            name='reconnects',
        ),
        migrations.AddField(
            model_name='authorization',
            name='shop',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shops.shop'),
        ),
    ]
