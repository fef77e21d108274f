"""Guards that no request of the access table comes to alone: each has a story that fails by its absence.

These are mostly doors of services behind the doors of their pages: commands, jobs and other services go through them,
and where the page's own question fails, they are what is left.
"""

# The guards of a module → the story of each, as `bin/test` names it.
STORIES = {
    "approvals.services": {
        "entitled refuses 2": "transfers/test_side_roads.py::test_one_account_cannot_make_and_check",
    },
    "archives.cross_checking": {
        "record refuses": "archives/test_cross_check.py::test_only_the_registrar_checks",
    },
    "archives.custody.services": {
        "give refuses": "archives/test_paper_custody.py::test_strangers_and_checkers_give_nothing",
        "place refuses": "archives/test_paper_custody.py::"
        "test_only_the_holder_says_where_the_file_lies_and_the_slip_remembers_the_box",
        "refuse_hand refuses 2": "archives/test_paper_custody.py::"
        "test_whoever_serves_at_both_schools_does_not_give_and_receive",
        "register_volume refuses": "archives/test_custody_of_closed_schools.py::test_a_volume_is_registered_once",
    },
    "archives.custody.slip_views": {
        "new refuses": "archives/test_custody_pages.py::test_a_headmaster_writes_out_no_slip",
    },
    "archives.custody.views": {
        "child fetches": "archives/test_custody_pages.py::"
        "test_the_new_school_is_not_told_of_the_copy_on_the_page_of_the_file",
    },
    "archives.entries": {
        "locked_kind refuses": "archives/test_entries.py::test_others_correct_nothing_and_void_nothing",
        "refuse_strangers refuses": "archives/test_entries.py::test_others_do_not_write",
    },
    "archives.evidence.services": {
        "ask refuses": "archives/test_evidence_pack.py::test_who_only_looks_may_not",
        "take refuses": "archives/test_evidence_pack.py::"
        "test_whoever_ordered_a_pack_and_left_the_school_does_not_take_it",
    },
    "archives.evidence.views": {
        "download refuses": "archives/test_evidence_pack.py::"
        "test_whoever_ordered_a_pack_and_left_the_school_does_not_take_it",
    },
    "archives.scans": {
        "file_scans refuses": "archives/test_scans.py::test_a_stranger_attaches_nothing",
    },
    "archives.workbooks": {
        "take_in refuses": "archives/test_workbooks.py::TestDryRun::test_others_upload_nothing",
        "template_of refuses": "archives/test_workbooks.py::TestDryRun::test_others_upload_nothing",
    },
    "jianping_xueji.data_fixes.site": {
        "DataFixSite.login refuses": "accounts/test_data_fixes.py::test_nobody_else_of_the_bureau_comes_in",
        "may_fix answers": "accounts/test_data_fixes.py::test_nobody_else_of_the_bureau_comes_in",
    },
    "reports.batches.views": {
        "start refuses": "reports/test_batches.py::test_who_may_not_have_the_form_begins_no_batch_of_it",
    },
    "reports.books.doorway": {
        "file_in_sight refuses": "reports/test_books_printed.py::"
        "test_the_file_of_a_book_is_not_for_whoever_left_the_school",
    },
    "reports.services": {
        "withdraw refuses": "reports/test_genuineness_page.py::"
        "test_neither_the_headmaster_nor_the_former_school_declares_a_print_void",
    },
    "students.agreement.services": {
        "confirm refuses": "students/test_agreement.py::"
        "test_who_is_right_is_confirmed_by_the_owner_and_stays_until_the_facts_move",
        "take_in refuses": "students/test_agreement.py::test_strangers_cannot_compare",
    },
    "students.batch": {
        "may_work answers": "students/test_import_pages.py::"
        "test_a_headmaster_reads_the_children_of_a_batch_and_is_offered_no_act",
    },
    "students.campaigns": {
        "confirm refuses": "students/test_campaign.py::test_nobody_else_answers_for_the_class",
        "may_accept answers": "students/test_campaign.py::test_the_teacher_does_not_accept",
        "open_campaign refuses": "students/test_campaign.py::test_only_the_clerk_opens_and_not_into_the_past",
        "refuse_not_registrar refuses": "students/test_campaign.py::test_the_teacher_does_not_accept",
    },
    "students.catchments.services": {
        "set_schools refuses": "students/test_catchments.py::test_a_village_of_another_county_is_not_ours_to_give",
    },
    "students.checking.looking": {
        "check refuses": "students/test_checking.py::test_others_are_refused",
    },
    "students.duplicates.services": {
        "decide refuses": "students/test_duplicates.py::test_a_decision_is_kept_until_a_fact_changes",
    },
    "students.exporting.services": {
        "permit refuses": "students/test_ceims_export.py::test_whoever_does_not_work_on_the_records_gets_no_file",
    },
    "students.home_teaching": {
        "log_lesson refuses": "students/test_home_teaching.py::"
        "test_only_by_the_school_that_serves_or_the_teacher_of_the_class",
    },
    "students.importing.service": {
        "permit refuses": "students/test_import_commit.py::test_only_the_schools_own_registrar_imports",
    },
    "students.intake.duplicates": {
        "search refuses": "students/test_intake_story.py::test_a_stranger_searches_and_enters_nothing",
    },
    "students.intake.filing": {
        "file_scan refuses": "students/test_intake_story.py::"
        "test_the_signed_form_and_the_household_page_are_filed_for_ever",
    },
    "students.leavers.intake": {
        "take_in_outsider refuses": "students/test_intake.py::"
        "test_only_the_registrar_of_the_junior_school_takes_an_outsider_in",
    },
    "students.lookup": {
        "find_elsewhere refuses": "students/test_child_page.py::"
        "test_a_receiving_school_finds_a_child_by_name_and_number_only_and_each_attempt_is_logged",
    },
    "students.models.campaign": {
        "CampaignEntryQuerySet.visible_to answers": "students/test_campaign.py::"
        "test_whoever_serves_at_two_schools_reads_of_these_two",
    },
    "students.models.problem": {
        "ProblemQuerySet.visible_to answers": "students/test_problem_records.py::"
        "test_a_school_reads_of_findings_about_its_own_children_only",
    },
    "students.roster.looking_after": {
        "accept refuses": "students/test_roster_matching.py::"
        "test_the_school_reports_and_only_the_bureau_ends_the_search",
        "assign refuses": "students/test_roster_matching.py::"
        "test_the_first_school_of_a_shared_catchment_unless_the_bureau_says_otherwise",
        "may_accept answers": "students/test_roster_matching.py::"
        "test_the_school_reports_and_only_the_bureau_ends_the_search",
        "send_back refuses": "students/test_roster_matching.py::"
        "test_the_school_that_reported_does_not_send_its_report_back",
    },
    "students.roster.taking": {
        "locked refuses": "students/test_roster.py::test_a_clerk_of_another_county_takes_no_roster_of_ours",
    },
    "students.views.rosters": {
        "refuse_stranger refuses": "students/test_roster_matching.py::"
        "test_a_headmaster_is_turned_away_before_a_form_is_judged",
    },
    "students.year.papers": {
        "hand_out refuses": "students/test_certificates.py::"
        "test_only_the_school_hands_a_paper_out_and_only_the_bureau_seals_it",
        "seal_batch refuses": "students/test_certificates.py::"
        "test_only_the_school_hands_a_paper_out_and_only_the_bureau_seals_it",
    },
    "students.year.services": {
        "confirmable refuses": "students/test_promotion.py::test_who_holds_both_offices_does_not_confirm_its_own",
        "submit_run refuses": "students/test_promotion.py::test_two_people_of_the_bureau_and_nobody_else",
    },
    "supervision.audits.services": {
        "fill_in refuses": "supervision/test_audits.py::test_only_who_holds_the_sheet_writes_and_only_what_is_open",
    },
    "supervision.calendar.holidays": {
        "decide refuses": "supervision/test_holidays.py::test_nobody_confirms_what_he_sent_himself",
    },
    "supervision.exports.services": {
        "decide refuses": "supervision/test_exports.py::test_who_may_not_ask_and_not_approve",
        "take refuses 2": "supervision/test_exports.py::test_a_clerk_who_left_the_office_does_not_take_the_file",
    },
    "supervision.scores.signing": {
        "sign refuses": "supervision/test_scores.py::test_it_is_signed_once_by_the_leader",
    },
    "suspensions.absence": {
        "log_day refuses": "suspensions/test_absence.py::test_another_classs_teacher_and_another_school_are_refused",
        "record_visit refuses": "suspensions/test_absence.py::"
        "test_another_classs_teacher_and_another_school_are_refused",
    },
    "suspensions.arrivals": {
        "report refuses": "suspensions/test_arrivals.py::"
        "test_another_classs_teacher_another_school_and_the_headmaster_are_refused",
    },
    "suspensions.leavers_board.inquiry": {
        "record_inquiry refuses": "suspensions/test_leavers_board.py::test_a_stranger_records_nothing",
    },
    "transfers.services": {
        "start_from_outside refuses": "transfers/test_side_roads.py::"
        "test_a_child_of_another_county_is_taken_in_by_the_registrar_of_the_school_alone",
    },
    "transfers.views": {
        "facts_of_child fetches": "transfers/test_check_to_draft.py::test_nothing_is_begun_about_a_child_out_of_sight",
    },
}
ELSEWHERE = {f"{module}:{guard}": f"tests/{story}" for module, told in STORIES.items() for guard, story in told.items()}
