package dev.breakmake.translation.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.breakmake.translation.event.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClashAnalysisTest {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final AddressRange TO_16_TIB = new AddressRange(0, 16 * TIB);

    private static ClashAnalysis analysis(String layout, long size) {
        return new ClashAnalysis(LayoutFile.bundled(layout), TO_16_TIB, size, 2 * MIB);
    }

    private static List<IdentityClash> of(List<IdentityClash> clashes, IdentityClash.Kind kind) {
        return clashes.stream().filter(clash -> clash.kind() == kind).toList();
    }

    @Test
    void theOldArm64LayoutClashesAllOverItsFirstSlot() {
        List<IdentityClash> clashes = analysis("xen-4.17-arm64", 2 * MIB).clashes();
        assertThat(of(clashes, IdentityClash.Kind.SAME_ADDRESS).stream().map(IdentityClash::text))
                .containsExactly(
                        "loaded in [0x400000, 0x600000): the identity mapping covers addresses of FIXMAP",
                        "loaded in [0x600000, 0xa00000): the identity mapping covers addresses of BOOT_FDT",
                        "loaded in [0xa00000, 0xc00000): the identity mapping covers addresses of LIVEPATCH_VMAP",
                        "loaded in [0x40000000, 0x80000000): the identity mapping covers addresses of VMAP",
                        "loaded in [0x800000000, 0x1000000000): the identity mapping covers addresses of FRAMETABLE");
        assertThat(of(clashes, IdentityClash.Kind.SHARED_TABLE))
                .anySatisfy(
                        clash -> assertThat(clash.text())
                                .isEqualTo(
                                        "loaded in [0x40000000, 0x8000000000): the identity mapping shares its level 0 entry with XEN"));
        assertThat(clashes).allMatch(clash -> clash.loadAddresses().end() <= 512 * GIB);
    }

    @Test
    void theNewArm64LayoutHasRoomForTheIdentityMapping() {
        for (String name : List.of("xen-4.18-arm64", "xen-4.20-arm64")) {
            List<IdentityClash> clashes = analysis(name, 8 * MIB).clashes();
            long reserved = name.contains("4.18") ? 2 * TIB : 10 * TIB;
            assertThat(clashes).allMatch(clash -> clash.loadAddresses().start() >= reserved - 8 * MIB);
            assertThat(of(clashes, IdentityClash.Kind.OUTSIDE_RESERVED))
                    .singleElement()
                    .extracting(IdentityClash::loadAddresses)
                    .isEqualTo(new AddressRange(reserved - 6 * MIB, 16 * TIB));
        }
    }

    @Test
    void theOldArm32StartCodeFailsFrom2To4MibUnlessLoadedInPlace() {
        ClashAnalysis page =
                new ClashAnalysis(LayoutFile.bundled("xen-4.17-arm32"), new AddressRange(0, 8 * GIB), 4096, 4096);
        assertThat(page.paths())
                .containsExactly(
                        new LoadPath(new AddressRange(0, 2 * MIB), LoadPath.Kind.DIRECT),
                        new LoadPath(new AddressRange(2 * MIB, 2 * MIB + 4096), LoadPath.Kind.NONE_NEEDED),
                        new LoadPath(new AddressRange(2 * MIB + 4096, 4 * MIB), LoadPath.Kind.IMPOSSIBLE),
                        new LoadPath(new AddressRange(4 * MIB, 4 * GIB), LoadPath.Kind.DIRECT),
                        new LoadPath(new AddressRange(4 * GIB, 8 * GIB), LoadPath.Kind.IMPOSSIBLE));
    }

    @Test
    void theNewArm32StartCodeGoesThroughTheTemporaryMappingUnlessLoadedUnderIt() {
        ClashAnalysis page =
                new ClashAnalysis(LayoutFile.bundled("xen-4.20-arm32"), new AddressRange(0, 4 * GIB), 4096, 2 * MIB);
        assertThat(page.paths())
                .containsExactly(
                        new LoadPath(new AddressRange(0, 2 * GIB), LoadPath.Kind.TEMPORARY),
                        new LoadPath(new AddressRange(2 * GIB, 3 * GIB), LoadPath.Kind.DIRECT),
                        new LoadPath(new AddressRange(3 * GIB, 4 * GIB), LoadPath.Kind.TEMPORARY));
    }

    @Test
    void loadAddressesBeyondTheAddressSpaceHaveNoIdentityMapping() {
        List<IdentityClash> clashes = new ClashAnalysis(
                        LayoutFile.bundled("xen-4.20-arm32"), new AddressRange(3 * GIB, 16 * TIB), 2 * MIB, 2 * MIB)
                .clashes();
        assertThat(of(clashes, IdentityClash.Kind.BEYOND_ADDRESS_SPACE))
                .singleElement()
                .extracting(IdentityClash::loadAddresses)
                .isEqualTo(new AddressRange(4 * GIB, 16 * TIB));
    }

    /** The law behind the intervals, checked point by point near every border and at random. */
    @Test
    void intervalsAgreeWithTryingSingleAddresses() {
        for (String name : LayoutFile.BUNDLED) {
            Layout layout = LayoutFile.bundled(name);
            for (long size : new long[] {4096, 2 * MIB, 8 * MIB, 3 * MIB + 4096}) {
                List<IdentityClash> clashes = new ClashAnalysis(layout, TO_16_TIB, size, 4096).clashes();
                for (long load : points(layout, size)) {
                    for (Region region : layout.regions()) {
                        if (region.kind() == Region.Kind.RUNTIME || region.kind() == Region.Kind.IMAGE) {
                            assertThat(degree(clashes, region, load))
                                    .as("%s, %s, load 0x%x, size 0x%x", name, region.name(), load, size)
                                    .isEqualTo(expectedDegree(layout, region, load, size));
                        }
                    }
                }
            }
        }
    }

    private static List<Long> points(Layout layout, long size) {
        List<Long> points = new ArrayList<>();
        for (Region region : layout.regions()) {
            for (long border :
                    new long[] {region.range().start(), region.range().end()}) {
                for (long delta :
                        new long[] {-2 * size, -size - 4096, -size, -size + 4096, -4096, 0, 4096, GIB, -GIB}) {
                    points.add(border + delta);
                }
            }
        }
        Random random = new Random(8);
        for (int i = 0; i < 300; i++) {
            points.add(random.nextLong(16 * TIB) & -4096);
        }
        points.removeIf(point -> point < 0 || point >= 16 * TIB);
        return points;
    }

    /** 9 for the same address, the level for a shared table, -1 for nothing. */
    private static int degree(List<IdentityClash> clashes, Region region, long load) {
        int degree = -1;
        for (IdentityClash clash : clashes) {
            if (region.equals(clash.region()) && clash.loadAddresses().contains(load)) {
                assertThat(degree).as("one clash per region and address").isEqualTo(-1);
                degree = clash.kind() == IdentityClash.Kind.SAME_ADDRESS ? 9 : clash.level();
            }
        }
        return degree;
    }

    private static int expectedDegree(Layout layout, Region region, long load, long size) {
        AddressRange identity = new AddressRange(load, load + size);
        boolean inPlace =
                region.kind() == Region.Kind.IMAGE && load == region.range().start();
        if (identity.intersects(region.range())) {
            return inPlace ? -1 : 9;
        }
        for (int level = 2; level >= (layout.addressBits() == 32 ? 1 : 0); level--) {
            int shift = layout.granule().levelShift(level);
            long first = load >>> shift;
            long last = (load + size - 1) >>> shift;
            if (first <= (region.range().end() - 1) >>> shift
                    && last >= region.range().start() >>> shift) {
                return level;
            }
        }
        return -1;
    }

    @Test
    void senselessQuestionsAreRejected() {
        Layout layout = LayoutFile.bundled("xen-4.20-arm64");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClashAnalysis(layout, new AddressRange(5, 5), 4096, 4096));
        assertThatIllegalArgumentException().isThrownBy(() -> new ClashAnalysis(layout, TO_16_TIB, 0, 4096));
        assertThatIllegalArgumentException().isThrownBy(() -> new ClashAnalysis(layout, TO_16_TIB, 4096, 3000));
    }
}
