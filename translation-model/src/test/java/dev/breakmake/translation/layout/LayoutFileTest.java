package dev.breakmake.translation.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breakmake.translation.event.AddressRange;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutFileTest {

    @ParameterizedTest
    @ValueSource(strings = {"xen-4.17-arm64", "xen-4.18-arm64", "xen-4.20-arm64", "xen-4.17-arm32", "xen-4.20-arm32"})
    void everyBundledLayoutIsConsistent(String name) {
        Layout layout = LayoutFile.bundled(name);
        assertThat(layout.name()).isEqualTo(name);
        assertThat(layout.problems(0)).isEmpty();
        assertThat(layout.first(Region.Kind.IMAGE)).isPresent();
    }

    @Test
    void regionsThatTouchHaveNoGuard() {
        assertThat(LayoutFile.bundled("xen-4.17-arm64").problems(4096))
                .extracting(Layout.Problem::message)
                .contains("XEN ends at 0x400000 and FIXMAP starts at 0x400000: the gap is smaller than 0x1000");
    }

    @Test
    void everythingWrongWithTheRegionsIsToldWithLineAndColumn() {
        assertThatExceptionOfType(LayoutFile.LayoutException.class)
                .isThrownBy(() -> read("""
                        layout x
                        region A runtime 0x1000 8KiB
                          region B runtime 0x2000 4KiB
                        region C runtime 0x10800 4KiB
                        region D runtime 0xfffff000 8KiB
                        region E runtime 5GiB   4KiB
                        region F runtime 0x20000 100
                        address-bits 32
                        """))
                .satisfies(wrong -> assertThat(wrong.errors())
                        .containsExactly(
                                "test.layout:4:18: C starts at 0x10800, which is no multiple of the granule, 0x1000",
                                "test.layout:5:29: D would end at 0x100001000 and wraps around the end of the 32-bit address space",
                                "test.layout:6:18: E starts at 0x140000000, outside the 32-bit address space",
                                "test.layout:7:26: F has 0x64 bytes, which is no multiple of the granule, 0x1000",
                                "test.layout:3:10: B [0x2000, 0x3000) overlaps A [0x1000, 0x3000) of line 2"));
    }

    @Test
    void theTemporaryMappingMayLieOverARegionThatIsUsedLater() throws IOException {
        assertThat(read("layout x\nregion A late 1GiB 1GiB\nregion B temporary 1GiB 2MiB\n")
                        .regions())
                .hasSize(2);
    }

    @Test
    void aRegionIsReadWithUnitsAndPurpose() throws IOException {
        Region region = read("layout x # name\nregion FRAMETABLE runtime 32GiB 32GiB page  information\n")
                .regions()
                .getFirst();
        assertThat(region.range()).isEqualTo(new AddressRange(32L << 30, 64L << 30));
        assertThat(region.purpose()).isEqualTo("page  information");
    }

    private static Layout read(String text) throws IOException {
        return LayoutFile.read("test.layout", new StringReader(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "layout x;region A runtime 0x1000 | 2:1: a region is: region NAME KIND START SIZE [PURPOSE]",
                "layout x;region A odd 0 4KiB | 2:10: unknown kind of region 'odd'; there are identity, image, late, runtime, temporary",
                "layout x;region A runtime 0xzz 4KiB | 2:18: '0xzz' is no hexadecimal number of at most 56 bits",
                "layout x;region A runtime 0 4kb | 2:20: '4kb' is no number; sizes are 0x..., or end in KiB, MiB, GiB, TiB",
                "layout x;region A runtime 0 0 | 2:20: region A is empty",
                "layout x;region A image 0 4KiB;region A image 1MiB 4KiB | 3:8: there is a region A already",
                "granule 5KiB | 1:9: granule must be 4KiB, 16KiB or 64KiB, not 5KiB",
                "address-bits 60 | 1:14: '60' must be 32 to 52",
                "layout x y | 1:10: nothing may follow the value of 'layout'",
                "layout x;layout y | 2:1: 'layout' is there already",
                "layout | 1:1: 'layout' needs a value",
                "'  colour blue' | 1:3: unknown statement 'colour'; there are address-bits, architecture, clash-level, granule, layout, region",
                "layout x | 1:1: a layout needs a 'layout NAME' line and at least one region"
            })
    void errorsNameFileLineAndColumn(String text, String message) {
        assertThatExceptionOfType(LayoutFile.LayoutException.class)
                .isThrownBy(() -> read(text.replace(';', '\n')))
                .withMessage("test.layout:" + message);
    }
}
