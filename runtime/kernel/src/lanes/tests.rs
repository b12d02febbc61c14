use super::*;

#[test]
fn iota_and_masks() {
    let x = F64x8::iota(1.0, 0.5);
    assert_eq!(x.to_array(), [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5]);
    let m = x.lt(F64x8::splat(2.5));
    assert_eq!(m.bits(), 0b111);
    assert_eq!(m.not().first(), Some(3));
}
