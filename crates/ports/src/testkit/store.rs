//! The contract of [`crate::Store`].
//!
//! Every function is one rule. It takes a store on a database that was just migrated and has at
//! least 16 connections, and fails by panicking. [`crate::store_contract!`] makes a test of each:
//!
//! ```text
//! async fn fresh() -> (MyStore, Guard) { … }
//! minsu_ports::store_contract!(fresh);
//! ```

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

pub mod bookings;
pub mod houses;
pub mod orders;
pub mod reference;
pub mod search;
pub mod sessions;
pub mod strays;
pub mod upkeep;
pub mod users;

mod fixtures;

/// Makes a test of every rule. Takes the path of an async function that returns a fresh store
/// and something that keeps it alive; the calling crate needs tokio with its macros.
#[macro_export]
macro_rules! store_contract {
    ($fresh:path) => {
        $crate::store_contract! { $fresh;
            bookings: same_days_go_to_one_of_sixteen, overlapping_stays_never_share_a_day,
                freed_days_go_to_one_of_sixteen, a_stay_may_take_a_year;
            houses: a_published_house_reads_back, all_of_a_landlord_reads_back, a_house_may_have_no_facilities, what_is_not_there_is_none,
                area_and_facilities_must_exist, pictures_keep_their_order,
                a_house_shows_a_picture_once, comments_come_newest_first,
                a_landlords_houses_come_newest_first, slides_show_the_most_booked_houses_with_a_picture,
                completed_orders_are_counted;
            orders: a_placed_order_reads_back, a_shared_day_is_refused, neighbours_fit, a_refused_order_leaves_nothing,
                the_day_of_departure_is_free_under_nights, orders_need_their_house, rejection_frees_the_days,
                cancellation_frees_the_days, live_orders_keep_their_days, a_step_from_another_state_changes_nothing,
                one_of_two_simultaneous_accepts_wins, accept_and_reject_cannot_both_win, notes_are_kept_apart,
                a_guests_orders_come_newest_first, a_landlords_orders_come_newest_first, waiting_orders_are_counted,
                simultaneous_orders_of_a_guest_see_each_other;
            reference: areas_and_facilities_have_their_fixed_ids;
            search: the_area_narrows, an_occupied_day_hides_the_house, an_open_range_has_one_end,
                every_order_breaks_ties_by_the_newest, pages_are_disjoint_and_complete, counting_stops_at_the_bound,
                everything_narrows_together, wishes_narrow, words_find_title_and_address,
                a_cursor_goes_on_where_the_page_ended;
            sessions: it_answers, a_dropped_unit_leaves_nothing, changes_show_after_the_commit_only,
                a_failed_unit_leaves_nothing, a_session_for_reading_does_not_write, no_update_is_lost;
            strays: they_are_noted_claimed_and_forgotten, what_is_shown_is_told;
            upkeep: an_erased_person_is_nobody, a_hash_that_changed_meanwhile_is_not_replaced,
                withdrawn_houses_are_gone_for_everybody, open_orders_are_counted_on_both_sides,
                nobody_leaves_while_an_order_is_on_its_way, forgetting_follows_what_names_what, comments_stay_without_their_author, sealing_anew_walks_by_the_id;
            users: a_new_user_reads_back, what_is_not_there_is_none_or_false, a_mobile_has_one_user,
                a_name_has_one_user, names_compare_byte_by_byte, sixteen_sign_ups_make_one_user, a_rename_frees_the_name,
                hash_and_avatar_are_replaced, identity_is_written_once, one_of_twenty_identities_wins;
        }
    };
    ($fresh:path; $($topic:ident: $($rule:ident),+;)+) => {
        $(mod $topic {
            $(#[tokio::test]
            async fn $rule() {
                let (store, _guard) = $fresh().await;
                $crate::testkit::store::$topic::$rule(&store).await;
            })+
        })+
    };
}
