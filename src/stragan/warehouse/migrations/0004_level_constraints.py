from decimal import Decimal

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("warehouse", "0003_fill_levels")]

    operations = [
        migrations.AddConstraint(
            model_name='stocklevel',
            constraint=models.CheckConstraint(condition=models.Q(('available', django.db.models.expressions.CombinedExpression(models.F('on_hand'), '-', models.F('reserved')))), name='level_available_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='stocklevel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_bundle', False), ('is_listed', True), models.Q(('is_archived', False), models.Q(('on_hand', Decimal('0')), _negated=True), _connector='OR')), models.Q(('is_listed', False), models.Q(('is_bundle', True), models.Q(('is_archived', True), ('on_hand', Decimal('0'))), _connector='OR')), _connector='OR'), name='level_listed_as_it_is'),
        ),
    ]
