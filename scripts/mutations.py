#!/usr/bin/env python3
"""Plants losses that once went unseen, each in a copy of the tree, and demands that a test fails by it.

    scripts/mutations.py            plants all, one after the other (some minutes)
    scripts/mutations.py WORD…      plants those whose name has one of the words
    scripts/mutations.py --check    looks whether every place is still there; builds nothing
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACE = ROOT / "target" / "mutations"

STORE = "crates/adapters/store/src"
PAYMENTS = "crates/application/src/payments"
# A short run under faults, with two processes.
TORTURE = ["-p", "minsu-api", "--test", "torture", "postgres"]

# A name; the edits (file, text, its replacement); the test that must fail, as arguments of `cargo test`. Where the
# arguments begin with "check", the mutation must not compile, and the last one is what the compiler says.
MUTATIONS = [
    (
        # The walk through orders, payments, messages, refunds and crashes finds each of these five.
        "a late payment that is not paid back",
        [("crates/domain/src/payment/attempt.rs",
          "                PaidOutcome::PaidBack(RefundReason::Late)\n", "                PaidOutcome::PaysOrder\n")],
        ["-p", "minsu-application", "--lib", "a_walk_of_100_000_steps_keeps_the_books"],
    ),
    (
        "days that are freed while an attempt can be paid",
        [(f"{PAYMENTS}/expire.rs", "if attempts.iter().any(|attempt| attempt.state.is_live()) {",
          "if attempts.is_empty() && attempts.iter().any(|attempt| attempt.state.is_live()) {")],
        ["-p", "minsu-application", "--lib", "a_walk_of_100_000_steps_keeps_the_books"],
    ),
    (
        "a refund without its transfer",
        [(f"{PAYMENTS}/refund.rs", "transaction.payments().post(&transfer, now).await?;", "drop(transfer);")],
        ["-p", "minsu-application", "--lib", "a_walk_of_100_000_steps_keeps_the_books"],
    ),
    (
        "a cancellation that keeps nothing for the landlord",
        [(f"{PAYMENTS}/earn.rs", "transaction.payments().post(&earned, at).await?;\n    if refunded",
          "drop(earned);\n    if refunded")],
        ["-p", "minsu-application", "--lib", "a_walk_of_100_000_steps_keeps_the_books"],
    ),
    (
        "a payment of another amount that is kept",
        [(f"{PAYMENTS}/settle.rs", "(PaidOutcome::PaidBack(reason), _) if receipt.amount.fen() > 0 => {",
          "(PaidOutcome::PaidBack(reason), _) if reason != minsu_domain::RefundReason::WrongAmount => {")],
        ["-p", "minsu-application", "--lib", "a_walk_of_100_000_steps_keeps_the_books"],
    ),
    (
        # A further migration made the old test take back too few of them, so that it compared nothing.
        "a migration behind the one of the words, which writes no words",
        [
            ("migrations/src/lib.rs", "            Box::new(m20261121_000014_waiting_orders::Migration),\n",
             "            Box::new(m20261121_000014_waiting_orders::Migration),\n"
             "            Box::new(Later(1)),\n            Box::new(Later(2)),\n"),
            ("migrations/src/lib.rs", "/// The names of all migrations",
             "struct Later(u8);\n\nimpl MigrationName for Later {\n    fn name(&self) -> &str {\n"
             "        [\"m29990101_000001_later\", \"m29990101_000002_later\"][usize::from(self.0 - 1)]\n    }\n}\n\n"
             "#[async_trait::async_trait]\nimpl MigrationTrait for Later {\n"
             "    async fn up(&self, _: &SchemaManager) -> Result<(), DbErr> {\n        Ok(())\n    }\n\n"
             "    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {\n        Ok(())\n    }\n}\n\n"
             "/// The names of all migrations"),
            ("migrations/src/m20261121_000013_house_words.rs", "        fill(manager).await\n    }",
             "        if true { Ok(()) } else { fill(manager).await }\n    }"),
        ],
        ["-p", "minsu-store", "--test", "store", "sqlite::houses_from_before_get_their_words"],
    ),
    (
        "a bulk load that forgets a column",
        [(f"{STORE}/bulk/house_batch.rs",
          "let mut house = house::Model::new(house_id, landlord, offer, batch.created_at);",
          "let mut house = house::Model { capacity: 0, ..house::Model::new(house_id, landlord, offer, batch.created_at) };")],
        ["-p", "minsu-store", "--lib", "a_row_in_bulk_equals_one_written_alone_on_sqlite"],
    ),
    (
        "an entity without a column that a migration added",
        [("migrations/src/m20261121_000014_waiting_orders.rs",
          "    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {\n",
          "    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {\n"
          "        let column = ColumnDef::new(\"floor\").integer().not_null().default(0).take();\n"
          "        use sea_orm_migration::prelude::Table as Change;\n"
          "        manager.alter_table(Change::alter().table(\"houses\").add_column(column).take()).await?;\n")],
        ["-p", "minsu-store", "--lib", "entities_have_every_column_of_their_table"],
    ),
    (
        "an export without a field",
        [("crates/dialects/v1/src/account_dto.rs", "    /// The district.\n    #[schema(examples(2))]\n    area_id: i64,\n",
          "    /// The district.\n    #[schema(examples(2))]\n    #[serde(skip)]\n    area_id: i64,\n")],
        ["-p", "minsu-api", "--test", "api", "account::"],
    ),
    (
        "a field of houses that the answers leave out",
        [("crates/web/src/house_body.rs",
          "        let Dwelling { room_count, acreage, unit, capacity, beds } = dwelling;\n",
          "        let Dwelling { room_count, acreage, unit, capacity } = dwelling;\n        let beds = String::new();\n")],
        ["check", "-p", "minsu-web", "pattern does not mention field `beds`"],
    ),
    (
        "a rule of a contract that its suite does not list",
        [("crates/ports/src/testkit/store.rs", " neighbours_fit,", "")],
        ["check", "-p", "minsu-ports", "--features", "testkit", "function `neighbours_fit` is never used"],
    ),
    (
        "a seed that leaves out what the site would refuse",
        [
            ("crates/api/src/commands/seed/plausible.rs", "facilities.push(FacilityId::new(id)?);",
             "facilities.push(FacilityId::new(id - 1)?);"),
            ("crates/api/src/commands/seed.rs", "let houses = houses.collect::<Result<_, Invalid>>()?;",
             "let houses = houses.filter_map(Result::<_, Invalid>::ok).collect();"),
        ],
        ["-p", "minsu-api", "--lib", "all_that_is_asked_for_is_made"],
    ),
    (
        "a rule about no field that blames the title",
        [("crates/domain/src/house_draft.rs", "map_or(Field::Listing,", "map_or(Field::Title,")],
        ["-p", "minsu-domain", "--lib", "a_rule_about_no_field_blames_no_field"],
    ),
    (
        "a decision that both parties may make",
        [("crates/application/src/orders/decide.rs",
          "        let order = transaction.orders().find(id).await?.ok_or(OrderError::NotFound)?;\n",
          "        let order = transaction.orders().find(id).await?.ok_or(OrderError::NotFound)?;\n"
          "        let viewer = Principal {\n"
          "            user: if viewer.user == order.guest { order.landlord } else { viewer.user },\n"
          "            ..viewer\n        };\n")],
        ["-p", "minsu-api", "--test", "api", "authorisation::"],
    ),
    (
        "two builds of one version with one build id",
        [("crates/api/build/source_digest.rs", "            std::fs::read(&child)?.hash(hasher);\n", "")],
        ["-p", "minsu-api", "--test", "build_id"],
    ),
    (
        "released days that do not invalidate the dated lists",
        [("crates/web/src/invalidation.rs",
          "        Event::OrderPlaced(_) | Event::OrderRejected(_) | Event::OrderCanceled(_) | Event::OrderExpired(_) => {\n",
          "        Event::OrderRejected(_) => [None, None],\n"
          "        Event::OrderPlaced(_) | Event::OrderCanceled(_) | Event::OrderExpired(_) => {\n")],
        ["-p", "minsu-api", "--test", "api", "invalidation::"],
    ),
    (
        "a column that is read as another one",
        [(f"{STORE}/entity/house.rs", "HOUSES.count(\"capacity\", self.capacity)?",
          "HOUSES.count(\"capacity\", self.room_count)?")],
        ["-p", "minsu-store", "--test", "store", "contract::sqlite::houses::a_published_house_reads_back"],
    ),
    # What the runs under faults must find; each would break what the site promises, and some only under load.
    (
        "torture: some orders without their days",
        [("crates/application/src/orders/place.rs",
          "        take_days(&mut **transaction, house, id, &stay, schedule.rules.preparation_days).await?;\n",
          "        if id.get() % 5 != 0 {\n"
          "            take_days(&mut **transaction, house, id, &stay, schedule.rules.preparation_days).await?;\n"
          "        }\n")],
        TORTURE,
    ),
    (
        "torture: a decision without its compare-and-swap",
        [(f"{STORE}/repos/orders.rs",
          ".filter(order::Column::Id.eq(id.get()).and(order::Column::Status.eq(number(step.from))));",
          ".filter(order::Column::Id.eq(id.get()));")],
        TORTURE,
    ),
    (
        "torture: an order that is acknowledged and not committed",
        [("crates/application/src/transaction.rs", "    let committed = unit.commit().await;\n",
          "    let is_order = matches!(pending.recorded.first(), Some(Event::OrderPlaced(_)));\n"
          "    let is_lost = is_order && u64::from_le_bytes(app.random()) % 16 == 0;\n"
          "    let committed = if is_lost { Ok(drop(unit)) } else { unit.commit().await };\n")],
        TORTURE,
    ),
    (
        "torture: a block that is taken back and frees the days of orders",
        [(f"{STORE}/repos/claims.rs", '.push(" AND source = ").bind(source);\n    sql.push(" AND day >= ")',
          '.push(" AND source <= ").bind(source);\n    sql.push(" AND day >= ")')],
        TORTURE,
    ),
    (
        "torture: a session that outlives its logout now and then",
        [("crates/application/src/sessions/close.rs", "    app.cache.delete(&token.key()).await?;\n",
          "    if u64::from_le_bytes(app.random()) % 8 != 0 {\n"
          "        app.cache.delete(&token.key()).await?;\n"
          "    }\n")],
        TORTURE,
    ),
    (
        "torture: a wrong sum for stays of three days",
        [("crates/domain/src/money.rs",
          "        self.0.checked_mul(i64::from(quantity)).ok_or(Invalid::range(Field::Money)).and_then(Self::from_fen)\n",
          "        let fen = self.0.checked_mul(i64::from(quantity)).map(|fen| fen - i64::from(quantity == 3));\n"
          "        fen.ok_or(Invalid::range(Field::Money)).and_then(Self::from_fen)\n")],
        TORTURE,
    ),
]


def planted(edits, read):
    """The texts of the edited files; complains of a place that is not there exactly once."""
    texts = {}
    for path, before, after in edits:
        text = texts.get(path) or read(path)
        if text.count(before) != 1:
            raise SystemExit(f"{path}: the place of a mutation is there {text.count(before)} times:\n{before}")
        texts[path] = text.replace(before, after)
    return texts


def copy():
    """The tree as git knows it or would add it, and links to what is built of other crates."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            check=True, capture_output=True, text=True).stdout
    paths = dict.fromkeys(listed.split("\0")[:-1])
    # A file that moved since the last time would be there twice.
    for copied in PLACE.rglob("*"):
        path = copied.relative_to(PLACE)
        if copied.is_file() and path.parts[0] != "target" and str(path) not in paths:
            copied.unlink()
    for path in paths:
        source, copied = ROOT / path, PLACE / path
        if not source.is_file():
            continue
        copied.parent.mkdir(parents=True, exist_ok=True)
        # Cargo builds anew what is newer: a file that is the same keeps its time.
        if not copied.exists() or copied.read_bytes() != source.read_bytes():
            shutil.copyfile(source, copied)
    if (PLACE / "target").exists():
        return
    for name in ("deps", "build", ".fingerprint"):
        for built in (ROOT / "target" / "debug" / name).glob("*"):
            if "minsu" in built.name:
                continue
            to = PLACE / "target" / "debug" / name / built.name
            to.parent.mkdir(parents=True, exist_ok=True)
            # Cargo rewrites fingerprints in place.
            reuse = shutil.copy2 if name == ".fingerprint" else os.link
            if built.is_dir():
                shutil.copytree(built, to, copy_function=reuse)
            else:
                reuse(built, to)


def cargo(*arguments):
    environment = {**os.environ, "CARGO_TARGET_DIR": str(PLACE / "target"), "CARGO_TERM_COLOR": "never"}
    done = subprocess.run(["cargo", *arguments], cwd=PLACE, env=environment, capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def caught(arguments):
    """Whether the mutation is noticed as it must be, and by what."""
    if arguments[0] == "check":
        passed, said = cargo(*arguments[:-1])
        return not passed and arguments[-1] in said, said
    _, said = cargo("test", *arguments)
    return re.search(r"^test \S+ \.\.\. FAILED$", said, re.M) is not None, said


def main():
    words = sys.argv[1:]
    for _, edits, _ in MUTATIONS:
        planted(edits, lambda path: (ROOT / path).read_text(encoding="utf-8"))
    if words == ["--check"]:
        print(f"{len(MUTATIONS)} mutations have their places")
        return 0
    copy()
    missed = []
    for name, edits, arguments in MUTATIONS:
        if words and not any(word in name for word in words):
            continue
        texts = planted(edits, lambda path: (PLACE / path).read_text(encoding="utf-8"))
        kept = {path: (PLACE / path).read_text(encoding="utf-8") for path in texts}
        try:
            for path, text in texts.items():
                (PLACE / path).write_text(text, encoding="utf-8")
            found, said = caught(arguments)
        finally:
            for path, text in kept.items():
                (PLACE / path).write_text(text, encoding="utf-8")
        failed = ", ".join(re.findall(r"^test (\S+) \.\.\. FAILED$", said, re.M)) or arguments[-1]
        print(f"{'caught' if found else 'MISSED'}: {name} ({failed})", flush=True)
        if not found:
            missed.append(name)
            print(said[-3000:], flush=True)
    print(f"{len(missed)} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
