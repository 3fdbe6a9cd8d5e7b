//! Areas and facilities.

use crate::Store;

/// The ids that published pages have hard-coded, each with its name.
pub async fn areas_and_facilities_have_their_fixed_ids(store: &dyn Store) {
    let mut session = store.read().await.unwrap();
    let areas = session.reference().areas().await.unwrap();
    assert_eq!(areas.iter().map(|area| area.id.get()).collect::<Vec<_>>(), (1..=16).collect::<Vec<_>>());
    for (id, name) in [(1, "东城区"), (4, "海淀区"), (15, "石景山区"), (16, "门头沟区")] {
        assert_eq!(areas[id - 1].name, name);
    }
    let facilities = session.reference().facilities().await.unwrap();
    assert_eq!(facilities.iter().map(|facility| facility.id.get()).collect::<Vec<_>>(), (1..=23).collect::<Vec<_>>());
    for (id, name) in [(1, "无线网络"), (12, "沐浴露、洗发露"), (23, "浴缸")] {
        assert_eq!(facilities[id - 1].name, name);
    }
}
