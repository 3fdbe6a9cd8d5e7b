//! The bill of a day as Alipay packs it: two tables in GBK in an archive.

use encoding_rs::GBK;

/// The archive of entries of number, kind, amount and refund.
pub(super) fn archive(day: &str, entries: &[[String; 4]]) -> Vec<u8> {
    let mut table = format!("#支付宝业务明细查询\r\n#起始日期：[{day}]\r\n");
    table
        .push_str("支付宝交易号,商户订单号,业务类型,商品名称,订单金额（元）,商家实收（元）,退款批次号/请求号,备注\r\n");
    for [number, kind, amount, refund] in entries {
        table.push_str(&format!("2026\t,{number}\t,{kind}     ,小院,{amount},{amount},{refund}\t,\r\n"));
    }
    table.push_str("#业务明细列表结束\r\n");
    let sums = "#汇总\r\n门店编号,门店名称,交易订单总笔数,订单金额（元）\r\n,合计,1,1\r\n".to_owned();
    let files = [("汇总.csv", sums), ("明细.csv", table)];
    packed(&files.map(|(name, text)| (GBK.encode(name).0.into_owned(), GBK.encode(&text).0.into_owned())))
}

/// An archive of files that are not compressed.
fn packed(files: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let offset = archive.len() as u32;
        let size = (content.len() as u32).to_le_bytes();
        let length = (name.len() as u16).to_le_bytes();
        let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc(content), &size, &size, &length, &[0, 0]].concat();
        archive.extend([&b"PK\x03\x04"[..], &common, name, content].concat());
        directory.extend([&b"PK\x01\x02\x14\x00"[..], &common, &[0; 10], &offset.to_le_bytes(), name].concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let (size, begin) = ((directory.len() as u32).to_le_bytes(), (archive.len() as u32).to_le_bytes());
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &begin, &[0, 0]].concat();
    [archive, directory, end].concat()
}

fn crc(bytes: &[u8]) -> [u8; 4] {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    (!crc).to_le_bytes()
}
