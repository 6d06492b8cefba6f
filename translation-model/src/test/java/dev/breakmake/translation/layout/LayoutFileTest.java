package dev.breakmake.translation.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breakmake.translation.event.AddressRange;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    void overlapsMisalignmentAndRunawayRegionsAreFound() throws IOException {
        Layout layout = read("""
                layout x
                address-bits 32
                region A runtime 0x1000 8KiB
                region B runtime 0x2000 4KiB
                region C runtime 0x10800 4KiB
                region D runtime 0xfffff000 8KiB
                """);
        assertThat(layout.problems(0))
                .extracting(Layout.Problem::kind)
                .containsExactlyInAnyOrder(
                        Layout.Problem.Kind.OVERLAP, Layout.Problem.Kind.MISALIGNED, Layout.Problem.Kind.OUTSIDE);
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

    @Test
    void errorsNameFileAndLine() {
        assertError(
                "layout x\nregion A runtime 0x1000\n",
                "test.layout:2: a region is: region NAME KIND START SIZE [PURPOSE]");
        assertError("layout x\nregion A odd 0 4KiB\n", "test.layout:2: unknown kind of region 'odd'");
        assertError("layout x\nregion A runtime 0xzz 4KiB\n", "test.layout:2: '0xzz' is no hexadecimal number");
        assertError(
                "layout x\nregion A runtime 0 4kb\n",
                "test.layout:2: '4kb' is no number; sizes are 0x..., or end in KiB, MiB, GiB, TiB");
        assertError("granule 5KiB\n", "test.layout:1: granule must be 4KiB, 16KiB or 64KiB, not 5KiB");
        assertError("colour blue\n", "test.layout:1: unknown statement 'colour'");
        assertError("layout x\n", "test.layout:1: a layout needs a 'layout NAME' line and at least one region");
    }

    private static void assertError(String text, String message) {
        assertThatExceptionOfType(LayoutFile.LayoutException.class)
                .isThrownBy(() -> read(text))
                .withMessage(message);
    }
}
