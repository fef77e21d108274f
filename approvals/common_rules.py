"""Rules every running case asks of its papers and its exception; each kind cites its own article."""

from law.articles import Article

from .rules import Level, Rule, rule


def papers_handed_in(article: Article) -> Rule:
    """Every required paper is on the desk."""

    @rule(
        "必交材料尚未交齐：{f.missing_papers}",
        article,
        remedy="请补交后再提交，缺项已列入一次性告知单",
        kept="必交材料已交齐",
    )
    def papers_are_handed_in(f):
        return not f.missing_papers

    return papers_are_handed_in


def papers_checked(article: Article) -> Rule:
    """Every required paper has been held against its original, by name."""

    @rule(
        "必交材料尚未逐项核验：{f.unchecked_papers}",
        article,
        remedy="请对照原件逐项核验后再签署",
        kept="必交材料已逐项核验",
    )
    def papers_are_checked(f):
        return not f.unchecked_papers

    return papers_are_checked


def exception_argued(article: Article) -> Rule:
    """Whoever asks for what 原则上 is not done says why."""

    @rule(
        "本件涉及须特批的情形，尚未写明理由",
        article,
        remedy="请在“特批理由”中写明情况，由主管局长签批",
        kept="特批理由已写明或不需要",
    )
    def exception_is_argued(f):
        return not f.exception_missing

    return exception_is_argued


def of_level(rules, level: Level) -> tuple[Rule, ...]:
    return tuple(r for r in rules if r.level == level)
