//! A small random number generator whose numbers are the same on every machine and in every release.

/// SplitMix64, written from the published algorithm: G. L. Steele, D. Lea and C. H. Flood, "Fast
/// Splittable Pseudorandom Number Generators", OOPSLA 2014, with D. Stafford's thirteenth set of
/// mixing constants, which the paper recommends. Good enough for prose, useless for secrets.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    /// The stream `stream` of `seed`; different streams of one seed are unrelated.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self { state: mix(seed.wrapping_add(GOLDEN_GAMMA)) ^ mix(stream.wrapping_mul(GOLDEN_GAMMA)) }
    }

    /// The next 64 bits.
    pub fn next_bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        mix(self.state)
    }

    /// A number from 0 up to, not including, `bound`; 0 where `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        scale(self.next_bits(), bound)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// Whether something that happens `percent` times in a hundred happens now.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Any item, each as likely as the next; `None` only of an empty list.
    pub fn choose<'list, Item>(&mut self, list: &'list [Item]) -> Option<&'list Item> {
        list.get(self.below(list.len() as u64) as usize)
    }

    /// Any item, the first ones more likely than the last; `None` only of an empty list.
    pub fn choose_early<'list, Item>(&mut self, list: &'list [Item]) -> Option<&'list Item> {
        let bits = self.next_bits();
        let one = ((bits >> 32) * list.len() as u64) >> 32;
        let other = ((bits & 0xffff_ffff) * list.len() as u64) >> 32;
        list.get(one.min(other) as usize)
    }
}

/// Spread `bits` evenly over the numbers below `bound`.
fn scale(bits: u64, bound: u64) -> u64 {
    ((u128::from(bits) * u128::from(bound)) >> 64) as u64
}

fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Positions chosen by Zipf's law: position `n` (from 0) is chosen about `1 / (n + 1)` as often as the
/// first. Whole numbers only.
#[derive(Clone, Debug)]
pub struct Zipf {
    cumulative: Vec<u64>,
}

impl Zipf {
    /// A choice among `count` positions.
    pub fn new(count: usize) -> Self {
        let mut total = 0;
        let cumulative = (1..=count as u64)
            .map(|rank| {
                total += 1_000_000 / rank;
                total
            })
            .collect();
        Self { cumulative }
    }

    /// The next position, below the count.
    pub fn choose(&self, random: &mut Random) -> usize {
        let total = self.cumulative.last().copied().unwrap_or(0);
        let drawn = random.below(total);
        self.cumulative.partition_point(|&sum| sum <= drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::{Random, Zipf};

    #[test]
    fn numbers_stay_in_their_bounds() {
        let mut random = Random::new(7, 0);
        for _ in 0..10_000 {
            assert!(random.below(3) < 3);
            assert!((5..=9).contains(&random.between(5, 9)));
        }
        assert_eq!(random.below(0), 0);
        assert_eq!(random.choose::<u8>(&[]), None);
    }

    #[test]
    fn zipf_prefers_the_first() {
        let mut random = Random::new(7, 1);
        let zipf = Zipf::new(50);
        let drawn: Vec<usize> = (0..10_000).map(|_| zipf.choose(&mut random)).collect();
        let count = |position| drawn.iter().filter(|&&found| found == position).count();
        assert!(count(0) > count(1) && count(1) > count(9));
        assert!(drawn.iter().all(|&position| position < 50));
    }
}
