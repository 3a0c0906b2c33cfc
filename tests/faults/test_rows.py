"""The failure table: each row, what it is, and the tests that name it. A row without a test fails here."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
Row = tuple[str, Sequence[str]]
"""What fails, and the tests: "file::test"."""
ROWS: Mapping[int, Row] = {
    1: ("an update is lost between its acknowledgement and its handling",
        ["app/test_kill.py::test_kill_9_at_every_moment_loses_nothing",
         "faults/test_storm.py::test_rows_1_to_4_faults_and_kills_lose_nothing",
         "telegram/test_tg_webhook.py::test_nothing_is_answered_before_it_is_stored_and_a_failure_comes_again", "app/test_workers.py::test_workers_leader_and_server_die_and_nothing_is_lost"]),
    2: ("an update is handled twice after a restart",
        ["app/test_redelivery.py::test_old_updates_three_times_in_any_order_change_nothing"]),
    3: ("a time-out is taken for a failure, and the message is sent again",
        ["app/test_fail_the_nth.py::test_every_message_may_meet_every_fault"]),
    4: ("a time-out is never repeated, and the message is lost",
        ["app/test_fail_the_nth.py::test_every_message_may_meet_every_fault"]),
    5: ("one flooded chat freezes all",
        ["faults/test_bad_days.py::test_row_5_one_slowed_chat_delays_no_other",
         "faults/test_storm.py::test_row_5_a_platform_that_takes_less_of_each_chat_is_obeyed",
         "runtime/test_pace.py::test_many_slowed_chats_halve_the_rate_for_a_while",
         "runtime/test_pace.py::test_no_limit_is_ever_passed", "app/test_windows.py::test_four_processes_together_keep_within_each_chats_window_and_wait_together",
          "app/test_workers.py::test_four_senders_together_keep_within_the_platforms_window"]),
    6: ("two poll with one token, or a thief does",
        ["telegram/test_tg_channel.py::test_a_second_poller_is_reported_loudly_and_survived",
         "telegram/test_tg_polling.py::"
         "test_who_takes_our_updates_for_long_is_a_thief_and_a_person_is_told_once", "app/test_workers.py::test_workers_leader_and_server_die_and_nothing_is_lost"]),
    7: ("the poller dies silently",
        ["telegram/test_tg_polling.py::test_a_session_that_brings_nothing_for_too_long_is_renewed",
         "telegram/test_tg_polling.py::"
         "test_a_platform_that_is_reached_and_never_answers_ends_the_process_at_the_second_try", "telegram/test_tg_polling.py::test_a_platform_that_answers_with_errors_is_waited_for"]),
    8: ("a network error at the start is fatal",
        ["app/test_bad_input.py::test_no_network_at_the_start_is_said_once_and_waited_for"]),
    9: ("a pickle is cut short at shutdown",
        ["faults/test_bad_days.py::test_row_9_no_state_is_ever_a_pickle",
         "store/test_sqlite_crash.py::test_killed_at_any_moment_nothing_that_was_answered_is_missing"]),
    10: ("a text breaks its own markup",
         ["telegram/test_tg_draw.py::test_whatever_people_wrote_goes_out_as_it_is",
          "runtime/test_performing.py::test_a_refused_form_goes_out_once_without_marks_and_links"]),
    11: ("a group has another id now",
         ["runtime/test_performing.py::test_a_chat_that_moved_gets_everything_under_its_new_id_once"]),
    12: ("people block the bot",
         ["runtime/test_performing.py::"
          "test_blocked_retires_the_person_but_not_for_a_group_that_threw_us_out", "app/test_broadcast.py::test_a_third_has_blocked_us_and_comes_back_with_start"]),
    13: ("an interaction is answered too late",
         ["discord/test_dc_interactions.py::test_a_slow_store_is_deferred_and_the_answer_fills_it",
          "discord/test_dc_interactions.py::test_an_answer_that_comes_too_late_goes_to_the_person_directly",
          "watch/test_watch.py::test_a_blocked_loop_is_told_once_a_minute"]),
    14: ("an interaction was answered by another instance",
         ["store/test_store_contract.py::test_two_processes_that_hear_the_same_event_have_it_once",
          "discord/test_dc_together.py::test_who_heard_of_it_defers_nothing_that_was_answered_elsewhere",
          "discord/test_dc_interactions.py::test_an_answer_that_was_lost_on_its_way_is_found_again"]),
    15: ("the wall shuts an address out",
         ["discord/test_dc_breaker.py::test_behind_the_wall_one_call_is_made_and_the_process_goes_on",
          "store/test_common.py::test_a_stop_of_one_process_holds_for_all_and_after_a_restart",
          "discord/test_dc_breaker.py::"
          "test_half_of_what_discord_allows_in_ten_minutes_stops_everything"]),
    16: ("direct messages are closed, or opened too fast",
         ["discord/test_dc_channel.py::test_who_takes_no_direct_messages_is_blocked",
          "discord/test_dc_errors.py::test_the_class_of_each_answer",
          "broadcast/test_sender.py::"
          "test_on_discord_a_broadcast_opens_no_direct_message_with_who_did_not_ask_for_it",
          "app/test_broadcast_boards.py::"
          "test_it_is_posted_once_when_the_ramp_is_behind_it_and_taken_back"]),
    17: ("a gateway is a zombie",
         ["discord/test_dc_server.py::test_a_zombie_is_found_and_resumed_and_misses_nothing",
          "local/test_discord_standin_gateway.py::test_a_zombie_is_found_by_the_client"]),
    18: ("a session is lost, and what happened meanwhile with it",
         ["discord/test_dc_server.py::test_a_lost_session_misses_nothing",
          "discord/test_dc_server.py::test_a_look_back_that_fails_is_repeated",
          "faults/test_storm.py::test_row_18_a_storm_on_discord_loses_and_doubles_nothing", "app/test_kill_both.py::test_ten_kills_with_both_platforms_busy_lose_nothing"]),
    19: ("an intent was not granted",
         ["discord/test_dc_profile.py::test_no_intent_is_privileged_that_the_operator_does_not_want",
          "discord/test_dc_profile.py::test_an_intent_that_is_not_granted_is_said_in_one_sentence",
          "local/test_discord_standin_gateway.py::test_intents_not_granted_stop_the_library"]),
    20: ("several schedulers run one job",
         ["broadcast/test_education_runs.py::test_two_processes_never_send_one_slot_twice",
          "runtime/test_hand_over.py::test_a_leader_is_replaced_within_its_lease_and_a_second"]),
    21: ("half of a long message arrives",
         ["faults/test_bad_days.py::"
          "test_row_21_a_long_message_arrives_whole_and_in_order_whichever_part_gets_lost"]),
    22: ("the disk is full, the database away",
         ["app/test_bad_input.py::test_a_full_disk_stops_the_acknowledgement_and_loses_nothing",
          "faults/test_bad_days.py::test_row_22_a_database_that_is_away_is_waited_for",
          "app/test_fail_the_nth.py::test_every_call_of_the_store_may_fail",
          "store/test_postgres.py::test_who_died_in_the_middle_of_a_transaction_keeps_nobody_out", "store/test_postgres.py::test_a_dead_server_is_said_at_once_and_found_again_by_itself"]),
    23: ("the clock jumps",
         ["faults/test_clock.py::test_row_23_a_clock_that_jumps_loses_nothing",
          "faults/test_clock.py::test_row_23_what_a_clock_that_was_ahead_put_off_does_not_wait_for_it",
          "faults/test_clock.py::"
          "test_row_23_a_servers_clock_that_is_set_loses_nothing_stops_nobody_and_keeps_no_dead_worker", "store/test_store_workers.py::test_the_rows_of_a_dead_worker_are_free_after_its_lease_and_its_writes_are_fenced"]),
    24: ("an update breaks its handler each time",
         ["faults/test_bad_days.py::"
          "test_row_24_a_poisonous_text_is_put_aside_with_an_apology_and_the_lane_goes_on",
          "telegram/test_tg_webhook.py::test_an_odd_update_is_put_aside_and_blocks_nothing"]),
    25: ("one person floods the bot",
         ["store/test_shared_flood.py::test_several_receivers_count_one_person_together",
          "faults/test_flood.py::test_row_25_a_flood_is_told_once_answered_together_and_hinders_nobody",
          "app/test_bad_input.py::test_ten_thousand_updates_of_one_person_delay_nobody_else"]),
}  # fmt: skip


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse(path.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


def test_the_table_is_whole() -> None:
    assert sorted(ROWS) == list(range(1, 26))


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_failure_table_has_tests_that_exist(row: int) -> None:
    _, named = ROWS[row]
    assert named
    for one in named:
        path, _, name = one.partition("::")
        assert name in names_in(TESTS / path), f"row {row}: {one}"
