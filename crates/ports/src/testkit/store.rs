//! The contract of [`crate::Store`].
//!
//! Every function of [`rules`] is one rule. It takes a store on a database that was just migrated
//! and has at least 16 connections, and fails by panicking. `store_contract!` makes a test of each:
//!
//! ```text
//! async fn fresh() -> (MyStore, Guard) { … }
//! minsu_ports::store_contract!(fresh);
//! ```
//!
//! A rule is written in the module of its topic and named once, in the list below. The modules are
//! private: a rule that is missing from the list is dead code, which does not compile here.

#![deny(dead_code)]
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod blocking;
mod bookable;
mod bookings;
mod exports;
mod feed_health;
mod feed_polls;
mod feeds;
mod fixtures;
mod houses;
mod idempotency;
mod jobs;
mod listing_changes;
mod living_site;
mod maintenance;
mod messages;
mod occupancy;
mod occupants;
mod order_views;
mod orders;
mod orphaned_objects;
mod outbox;
mod own_listings;
mod payment_backlog;
mod payment_changes;
mod payment_deadlines;
mod payment_ledger;
mod payments;
mod random_searches;
mod random_site;
mod reference;
mod ruled_houses;
mod schedules;
mod search;
mod sessions;
mod tokens;
mod usage;
mod users;
mod webhooks;

/// Publishes the listed rules and defines the macro that makes a test of each. `$d` is a dollar sign.
macro_rules! suite {
    ($d:tt $($topic:ident: $($rule:ident),+;)+) => {
        /// The rules of the contract by topic.
        pub mod rules {
            $(#[doc = concat!("Rules of ", stringify!($topic), ".")]
            pub mod $topic {
                $(#[doc = concat!("The rule `", stringify!($rule), "`.")]
                pub async fn $rule(store: &dyn crate::Store) {
                    super::super::$topic::$rule(store).await;
                })+
            })+
        }

        /// Makes a test of every rule. Takes the path of an async function that returns a fresh store
        /// and a guard that keeps it alive; the calling crate needs tokio with its macros.
        #[macro_export]
        macro_rules! store_contract {
            ($d fresh:path) => {
                $(mod $topic {
                    $(#[tokio::test]
                    async fn $rule() {
                        let (store, _guard) = $d fresh().await;
                        $d crate::testkit::store::rules::$topic::$rule(&store).await;
                    })+
                })+
            };
        }
    };
}

suite! { $
    blocking: blocking_while_sixteen_guests_book_loses_no_day;
    bookable: a_search_finds_what_can_be_booked, a_search_finds_the_nights_that_can_be_booked,
        the_bounds_of_a_house_narrow, one_date_asks_for_a_shortest_stay;
    bookings: same_days_go_to_one_of_sixteen, overlapping_stays_never_share_a_day,
        freed_days_go_to_one_of_sixteen, a_stay_may_take_a_year;
    exports: a_link_is_found_by_its_hash, fetches_are_noted, a_channel_is_told_what_it_does_not_know;
    feed_health: failing_and_late_feeds_are_counted, feeds_and_links_of_several_houses_are_read_at_once;
    feed_polls: one_of_sixteen_polls_a_feed, a_poll_ends_with_its_lease, a_wish_during_a_poll_stays,
        a_host_has_a_part_of_the_turns;
    feeds: a_feed_reads_back_and_changes, the_days_of_a_feed_are_claims, other_holders_are_known, conflicts_end_with_their_order,
        addresses_are_sealed_anew_and_go_with_their_house, a_feed_beside_sixteen_guests_loses_no_day;
    houses: a_published_house_reads_back, all_of_a_landlord_reads_back, a_house_may_have_no_facilities,
        what_is_not_there_is_none, area_and_facilities_must_exist, pictures_keep_their_order,
        a_house_shows_a_picture_once, comments_come_newest_first, a_landlords_houses_come_newest_first,
        slides_show_the_most_booked_houses_with_a_picture, completed_orders_are_counted,
        a_guest_counts_once_for_a_house, simultaneous_orders_of_a_guest_count_the_guest_once;
    idempotency: a_key_is_claimed_once_and_its_answer_reads_back, one_of_sixteen_claims_a_key,
        a_key_that_was_taken_over_commits_no_second_effect, a_released_key_keeps_its_effect_only,
        keys_are_forgotten;
    jobs: one_of_sixteen_leases_a_job, a_lease_ends_by_itself_and_its_holder_learns_of_it, a_job_rests_until_it_is_due,
        a_new_job_is_due_at_its_first_time,
        expired_orders_come_oldest_first, what_failed_is_left_out_until_its_time;
    occupancy: claimed_days_hide_the_house, an_occupied_day_is_refused_whatever_occupies_it,
        a_refused_reservation_leaves_nothing, a_refusal_names_the_taken_days, releasing_frees_the_days_of_one_order_only,
        no_days_reserve_nothing, occupied_days_read_back, booked_days_have_the_prices_of_their_orders,
        a_day_goes_to_the_claims_that_are_left,
        preparation_follows_the_stay, a_calendar_is_its_landlords,
        simultaneous_claims_and_orders_leave_no_day_behind;
    occupants: the_people_of_an_order_are_replaced, past_people_are_erased_in_batches,
        people_go_with_the_account_of_their_guest, people_are_sealed_anew, only_a_guests_order_in_its_state_is_held,
        a_canceled_order_keeps_no_people;
    orders: a_placed_order_reads_back, a_shared_day_is_refused, neighbours_fit, a_refused_order_leaves_nothing,
        the_day_of_departure_is_free_under_nights, orders_need_their_house, rejection_frees_the_days,
        cancellation_frees_the_days, live_orders_keep_their_days, a_step_from_another_state_changes_nothing,
        one_of_two_simultaneous_accepts_wins, accept_and_reject_cannot_both_win, notes_are_kept_apart,
        a_guests_orders_come_newest_first, a_landlords_orders_come_newest_first, summaries_come_in_pages;
    own_listings: a_draft_is_its_landlords_alone, own_listings_come_in_pages, a_draft_is_published_once,
        drafts_go_with_their_landlord;
    listing_changes: every_field_changes_and_orders_keep_theirs, of_simultaneous_changes_one_wins_each_version,
        an_unlisted_listing_comes_back, a_deleted_listing_is_gone_and_its_orders_stay, open_orders_of_a_house_are_listed,
        no_order_is_placed_on_terms_of_before, no_listing_is_deleted_with_an_order, pictures_are_arranged_and_removed;
    living_site: a_changing_site_follows_the_model, a_changing_site_of_nights_follows_the_model;
    order_views: both_parties_see_the_whole_order, pages_go_on_behind_an_order, a_list_narrows,
        every_change_is_an_entry_of_the_history;
    payments: an_attempt_reads_back, an_order_has_one_live_attempt, a_payment_happens_once,
        attempts_come_when_they_are_due, refunds_stay_within_the_payment, a_refund_moves_on_once,
        a_message_is_kept_once, a_dead_order_goes_with_its_closed_attempts;
    payment_ledger: the_ledger_happens_once, orders_with_money_come_in_pages;
    payment_backlog: what_is_open_at_providers_is_told;
    payment_changes: an_attempt_and_the_end_of_its_order_see_each_other, only_a_new_attempt_is_refused,
        a_closed_attempt_has_no_link, differences_are_forgotten_by_their_days, a_failed_refund_is_asked_for_again;
    payment_deadlines: deadlines_of_payment_and_stay;
    reference: areas_and_facilities_have_their_fixed_ids;
    schedules: rules_and_seasons_read_back, dates_read_back, a_block_leaves_the_days_of_orders,
        rules_go_with_their_house;
    search: the_area_narrows, an_occupied_day_hides_the_house,
        every_order_breaks_ties_by_the_newest, pages_are_disjoint_and_complete, counting_stops_at_the_bound,
        everything_narrows_together, filters_narrow, words_find_title_and_address,
        a_cursor_goes_on_where_the_page_ended;
    sessions: it_answers, a_dropped_unit_leaves_nothing, changes_show_after_the_commit_only,
        a_failed_unit_leaves_nothing, a_session_for_reading_does_not_write, no_update_is_lost;
    orphaned_objects: they_are_noted_claimed_and_forgotten, what_is_shown_is_told, what_is_wanted_is_found,
        shown_pictures_come_in_pages;
    outbox: committed_events_get_the_next_positions, each_party_reads_its_own_events,
        a_reader_misses_no_event_of_simultaneous_writers, all_events_are_read_in_their_order, old_events_go_from_the_lowest_position_on;
    maintenance: an_erased_user_is_gone, a_hash_that_changed_meanwhile_is_not_replaced,
        withdrawn_houses_are_gone, open_orders_are_named_on_both_sides,
        no_account_is_erased_while_an_order_is_placed, forgetting_follows_what_names_what,
        what_is_doomed_is_what_goes,
        comments_stay_without_their_author, sealing_anew_walks_by_the_id;
    messages: messages_wait_until_they_are_sent, choices_are_replaced_and_forgotten;
    webhooks: a_new_webhook_reads_back, a_change_needs_the_version_that_was_seen, an_ordering_key_keeps_its_order,
        one_of_sixteen_claims_a_delivery, deliveries_are_listed_parked_and_redelivered,
        a_webhook_goes_with_its_deliveries, a_hand_out_and_the_end_of_a_webhook_see_each_other,
        simultaneous_hand_outs_see_each_other;
    usage: a_landlords_listings_are_counted, simultaneous_pictures_of_a_landlord_see_each_other,
        a_guests_orders_are_counted, waiting_orders_have_their_stays, simultaneous_orders_of_a_guest_see_each_other;
    tokens: a_new_token_reads_back, the_use_of_a_token_is_noted_now_and_then,
        tokens_are_deleted_by_their_owner_and_by_age, simultaneous_tokens_of_an_account_see_each_other;
    users: a_new_user_reads_back, what_is_not_there_is_none_or_false, a_mobile_has_one_user,
        a_name_has_one_user, names_compare_by_their_keys, sixteen_sign_ups_make_one_user, a_rename_frees_the_name,
        hash_and_avatar_are_replaced, every_portrait_is_found_by_what_replaces_it, identity_is_written_once,
        one_of_twenty_identities_wins,
        a_mobile_is_replaced_once_and_frees_the_old_one, a_number_is_noted_for_so_many_accounts,
        one_of_sixteen_accounts_gets_a_number;
}
