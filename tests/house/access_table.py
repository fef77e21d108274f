"""The access table: every address × method × role × whose thing it is. A reviewed file: change it only by intention.

Cells read own/neighbour/foreign: a thing of the person's own school, of another school of the county, of another county.
  ok  the page answers (200, 302, 409, 422: it let the person in)      --  404, not in sight
  no  403, in sight but not this person's right                          in  redirected to sign in
An address without a row, or a row without an address, fails the tests. POST-only addresses refuse GET with 405 (and the
other way round); that is asserted for all of them, not written here.
"""

COLUMNS = [
    "anonymous",
    "teacher",
    "registrar",
    "headmaster",
    "clerk",
    "checker",
    "leader",
    "data_admin",
    "auditor",
    "dismissed",
]

# name method | anonymous | teacher | registrar | headmaster | clerk | checker | leader | data_admin | auditor | dismissed
TABLE = """
healthz                  GET  | ok | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
accounts:login           GET  | ok | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
accounts:login           POST | ok | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
accounts:logout          POST | ok | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
accounts:password        GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
accounts:password        POST | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
approvals:workbench      GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
approvals:queue          GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
approvals:case           GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
approvals:act            POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
approvals:paper          POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
approvals:scan           GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
approvals:filings        GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
approvals:filing         GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
approvals:filing         POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:list            GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:search          POST | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:child           GET  | in | ok/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:number          POST | in | no/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:changes         GET  | in | ok/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:change_new      GET  | in | no/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:change_new      POST | in | no/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:change_draft    GET  | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:change_draft    POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:problems        GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:child_problems  GET  | in | no/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:child_problems  POST | in | no/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:numbering       GET  | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:numbering       POST | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:numbering_open  POST | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:numbering_waiting GET | in | ok      | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:catchments      GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:catchment_find  GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:catchment_import GET | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:catchment_import POST | in | no      | no       | no       | ok       | no       | no       | no       | no       | no
students:catchment_confirm POST | in | no     | no       | no       | ok       | no       | no       | no       | no       | no
students:catchment_copy  POST | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:catchment       GET  | in | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:catchment       POST | in | no/no/-- | no/no/-- | no/no/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:plans           GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:plan_new        GET  | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:plan_new        POST | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:plan_draft      GET  | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:plan_draft      POST | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:placings        GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:placings        POST | in | no       | ok       | no       | no       | no       | no       | no       | no       | no
students:placing_sheet   GET  | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:placing_sheet   POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:class_change_new GET  | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:class_change_new POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:roster          GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:roster_files    GET  | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:roster_files    POST | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:roster_file     GET  | in | --/--/-- | --/--/-- | --/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:roster_findings GET  | in | --/--/-- | --/--/-- | --/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:roster_take     POST | in | --/--/-- | --/--/-- | --/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:roster_discard  POST | in | --/--/-- | --/--/-- | --/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:roster_child    GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:roster_child    POST | in | --/--/-- | ok/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:deferral_new    GET  | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:deferral_new    POST | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:deferral_draft  GET  | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:deferral_draft  POST | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:year            GET  | in       | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
students:year_exceptions GET  | in       | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
students:promotion_submit POST | in       | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:promotion_confirm POST | in       | --/--/-- | --/--/-- | --/--/-- | no/no/-- | ok/ok/-- | ok/ok/-- | --/--/-- | no/no/-- | --/--/--
students:promotion_withdraw POST | in       | --/--/-- | --/--/-- | --/--/-- | ok/ok/-- | no/no/-- | no/no/-- | --/--/-- | no/no/-- | --/--/--
students:promotion_undo  POST | in       | --/--/-- | --/--/-- | --/--/-- | no/no/-- | no/no/-- | ok/ok/-- | --/--/-- | no/no/-- | --/--/--
students:year_school     GET  | in       | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:graduation_start POST | in       | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:assessment      GET  | in       | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:assessment      POST | in       | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:assessment_open POST | in       | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:certificates    GET  | in       | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
students:certificate_numbers GET  | in       | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:certificate_numbers POST | in       | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:certificate_numbers_give POST | in       | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:certificate_seal POST | in       | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:certificate     GET  | in       | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:certificate     POST | in       | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:ceims           GET  | in | no       | ok       | no       | ok       | no       | no       | no       | no       | no
students:ceims_export    POST | in | no       | ok       | no       | ok       | no       | no       | no       | no       | no
students:ceims_graduates POST | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:ceims_problems  POST | in | no       | ok       | no       | ok       | no       | no       | no       | no       | no
students:schooling_proofs GET | in | no     | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
students:schooling_proofs_elsewhere POST | in | no | ok  | no       | no       | no       | no       | no       | no       | no
students:schooling_proof_new GET | in | no  | ok       | no       | no       | no       | no       | no       | no       | no
students:schooling_proof_new POST | in | no | ok       | no       | no       | no       | no       | no       | no       | no
students:schooling_proof_draft GET | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:schooling_proof_draft POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:classes         GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:class           GET  | in | ok/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:campaign        GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:campaign        POST | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:campaign_school GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:campaign_class  GET  | in | ok/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:campaign_class  POST | in | ok/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:campaign_child  GET  | in | ok/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:campaign_child  POST | in | ok/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:home_teaching   GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:home_lessons    GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:home_lessons    POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:assignment      GET  | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:assignment      POST | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
students:assignment_draft GET | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:assignment_draft POST | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:intake          GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:intake          POST | in | no       | no       | no       | no       | no       | no       | no       | no       | no
students:intake_outside  GET  | in | no       | no       | no       | no       | no       | no       | no       | no       | no
students:intake_outside  POST | in | no       | no       | no       | no       | no       | no       | no       | no       | no
students:intake_completion GET | in | ok      | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:intake_completion_class GET | in | --/--/-- | --/--/-- | --/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:freeze          GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
transfers:check          GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
transfers:new            GET  | in | no       | ok       | no       | no       | no       | no       | no       | no       | no
transfers:new            POST | in | no       | ok       | no       | no       | no       | no       | no       | no       | no
transfers:new_outside    GET  | in | no       | ok       | no       | no       | no       | no       | no       | no       | no
transfers:new_outside    POST | in | no       | ok       | no       | no       | no       | no       | no       | no       | no
transfers:waiting        GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
transfers:draft          GET  | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
transfers:draft          POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
placements:new           GET  | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
placements:new           POST | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
placements:overdue       GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
placements:draft         GET  | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
placements:draft         POST | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
closings:new             GET  | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
closings:new             POST | in | no       | no       | no       | ok       | no       | no       | no       | no       | no
closings:draft           GET  | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
closings:draft           POST | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
suspensions:due          GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
board:county             GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
board:pair               GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
board:sheet              POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
board:suspect            POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
board:child              GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
board:child              POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
dropout:ledger           GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
dropout:months           GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
dropout:handovers        GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
dropout:handover         GET  | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
dropout:handover         POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
dropout:sheets           GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
dropout:sheet            GET  | in | ok/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
dropout:sheet            POST | in | ok/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
dropout:arrivals         GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
dropout:arrival_sheet    GET  | in | ok/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
dropout:arrival_sheet    POST | in | ok/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
dropout:child            GET  | in | ok/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
dropout:child            POST | in | ok/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
reports:balance          GET  | in | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
reports:balance_children GET  | in | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
reports:balance_workbook GET  | in | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
reports:balance_print    POST | in | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
reports:rosters          GET  | in | no       | ok       | ok       | ok       | ok       | ok       | no       | no       | no
reports:class_sheet      POST | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | no/no/-- | no/no/-- | --/--/--
reports:certificate_sheet POST | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | no/no/-- | no/no/-- | --/--/--
reports:paper_sheet      POST | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | no/no/-- | no/no/-- | --/--/--
reports:child_sheet      POST | in | no/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | no/no/-- | no/no/-- | --/--/--
reports:blank            POST | in | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
reports:print            POST | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
reports:print_class      POST | in | no/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
reports:verify           GET  | ok | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
students:import          GET  | in | no       | ok       | no       | no       | no       | no       | no       | no       | no
students:import          POST | in | no       | ok       | no       | no       | no       | no       | no       | no       | no
students:import_preview  GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:import_findings GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
students:import_commit   POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:import_discard  POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
students:import_batch    GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
intake:progress          GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
intake:searches          GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
intake:search            GET  | in | no       | ok       | no       | no       | no       | no       | no       | no       | no
intake:search            POST | in | no       | ok       | no       | no       | no       | no       | no       | no       | no
intake:new               GET  | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
intake:new               POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
intake:child             GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
intake:child             POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
intake:act               POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
intake:batch             POST | in | --/--/-- | ok/--/-- | no/--/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
intake:overflow          GET  | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
intake:overflow          POST | in | --/--/-- | no/--/-- | no/--/-- | ok/ok/-- | no/no/-- | no/no/-- | no/no/-- | no/no/-- | --/--/--
intake:scan              GET  | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
reports:print_child      POST | in | --/--/-- | ok/--/-- | ok/--/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | ok/ok/-- | --/--/--
supervision:year         GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
supervision:holidays     GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
supervision:holidays     POST | in | no       | no       | no       | ok       | no       | no       | ok       | no       | no
supervision:holiday      GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | --
supervision:holiday_decide POST | in | no     | no       | no       | no       | ok       | ok       | ok       | no       | --
supervision:board        GET  | in | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
supervision:deadlines    GET  | in | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
supervision:trend        GET  | in | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
supervision:weekly       GET  | in | no       | no       | no       | ok       | ok       | ok       | no       | ok       | no
supervision:as_of        POST | in | no       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | no
supervision:reminders    GET  | in | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
supervision:reminders_read POST | in | ok     | ok       | ok       | ok       | ok       | ok       | ok       | ok       | ok
supervision:reminder_read POST | in | --      | ok       | --       | --       | --       | --       | --       | --       | --
jobs:progress            GET  | in | --/--/-- | ok/--/-- | --/--/-- | --/--/-- | --/--/-- | --/--/-- | --/--/-- | --/--/-- | --/--/--
jobs:cancel              POST | in | --/--/-- | ok/--/-- | --/--/-- | --/--/-- | --/--/-- | --/--/-- | --/--/-- | --/--/-- | --/--/--
"""
