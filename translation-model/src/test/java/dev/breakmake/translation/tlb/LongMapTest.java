package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LongMapTest {

    @Test
    void itMapsAsAnyMapDoes() {
        LongMap<String> map = new LongMap<>();
        Map<Long, String> expected = new HashMap<>();
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 1000; i++) {
            long key = random.nextBoolean() ? random.nextInt(200) : random.nextLong();
            map.put(key, "value " + i);
            expected.put(key, "value " + i);
            assertThat(map.size()).isEqualTo(expected.size());
        }
        expected.forEach((key, value) -> assertThat(map.get(key)).isEqualTo(value));
        List<String> values = new ArrayList<>();
        map.forEach(values::add);
        assertThat(values).containsExactlyInAnyOrderElementsOf(expected.values());
        assertThat(map.get(-77)).isNull();
        assertThat(new LongMap<String>().get(0)).isNull();
    }
}
