"""入学通知书 are numbered as the bureau numbers its letters: 通2026000001 becomes 建教入字〔2026〕1号 (第二十条)."""

from django.db import migrations

RENUMBER = r"""
    UPDATE transfers_schoolplacement
    SET notice_number = '建教入字〔' || substr(notice_number, 2, 4) || '〕' || substr(notice_number, 6)::int || '号'
    WHERE notice_number ~ '^通[0-9]{10}$'
"""
BACK = r"""
    UPDATE transfers_schoolplacement
    SET notice_number = '通' || substr(notice_number, 6, 4) || lpad(substring(notice_number from '〕([0-9]+)号'), 6, '0')
    WHERE notice_number ~ '^建教入字〔[0-9]{4}〕[0-9]+号$'
"""


class Migration(migrations.Migration):
    dependencies = [("transfers", "0030_sealed_placement")]
    operations = [migrations.RunSQL(RENUMBER, BACK)]
