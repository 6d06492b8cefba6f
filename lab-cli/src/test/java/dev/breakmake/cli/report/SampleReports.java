package dev.breakmake.cli.report;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.Cause;
import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.ImageDigest;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.boot.Milestone;
import dev.breakmake.cli.boot.Outcome;
import dev.breakmake.cli.boot.TablePictures;
import dev.breakmake.cli.boot.Target;
import dev.breakmake.cli.boot.Verdict;
import dev.breakmake.cli.trace.DiffTree;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.finding.DescriptorValue;
import dev.breakmake.translation.finding.Evidence;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.finding.Fingerprint;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.rule.Severity;
import dev.breakmake.translation.walk.MappedRange;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reports with everything in them that could break a format: markup, control characters, missing symbols. */
public final class SampleReports {

    /** What an image could put into its symbol names and console. */
    public static final String HOSTILE = "<script>alert('x')</script>&\"|`\u001b[31m\u0000";

    private SampleReports() {}

    /** A finding of a rule at a place. */
    public static Finding finding(RuleId rule, Severity severity, @Nullable String symbol, @Nullable String source) {
        return new Finding(
                rule,
                severity,
                3,
                List.of(0, 1),
                812,
                0x20_0440L,
                symbol,
                source,
                "EL2",
                ".text",
                List.of(new AddressRange(0x20_0000, 0x40_0000), new AddressRange(0xffff_0000_0000_0000L, 0)),
                new DescriptorValue(0x4029d000L, "root 0x4029d000"),
                null,
                "the root was replaced while PE0 translates " + HOSTILE,
                List.of(new Evidence(5, 0, 0x4020_0000L, "create_page_tables+0x20", "written as root")),
                List.of("M = 0", "ISB", "TLBI ALLE2"),
                Fingerprint.of(rule.id(), "EL2", -2, ".text", symbol),
                Map.of("identical", "12"));
    }

    /** A failed boot with an expected and an unexpected finding and a missing one. */
    public static BootReport failed() {
        Expectation known = new Expectation("CMO-PTOFF", null, 1, false, "remains after the series");
        return new BootReport(
                target("xen <4.17>"),
                new Outcome(
                        "REACHED",
                        "Could not set up DOM0 " + HOSTILE,
                        0,
                        0x21_0000L,
                        "panic+0x4",
                        List.of("PC  L0  table entry"),
                        List.of("(XEN) hello", HOSTILE)),
                Verdict.FAILED,
                Cause.TARGET,
                List.of(
                        new JudgedFinding(
                                finding(RuleId.REG_TTBR, Severity.ERROR, "switch_ttbr+0x18", "mm.c:123"), null),
                        new JudgedFinding(finding(RuleId.CMO_PTOFF, Severity.WARNING, null, null), known)),
                List.of(new Expectation("BBM-OA", "map_domain_page", 1, false, "known <here>")),
                new TreeMap<>(Map.of("BBM-NG", "not seen by this backend")),
                List.of(
                        new Milestone(0, 0, 0, 0x4020_0000L, null, Milestone.Kind.PE_RESET, "entry 0x40200000"),
                        new Milestone(10, 0, 2667, 0x4020_0100L, "enable_mmu", Milestone.Kind.MMU_ON, "EL2"),
                        new Milestone(812, 1, 9000, 0x20_0440L, "switch_ttbr", Milestone.Kind.ROOT, "TTBR0_EL2 = 0x1")),
                8_200_000,
                9204,
                3464,
                "abc",
                650,
                pictures());
    }

    private static TablePictures pictures() {
        DiffTree.Entry entry = new DiffTree.Entry(
                3, 0x60_0000L, 0, "0x0000000000000000  invalid", "0x0040000040600f7f  L2 block " + HOSTILE);
        DiffTree tree = new DiffTree(
                "EL2 root 0x4029d000, live on PE0", List.of(new DiffTree.Table("L2 table 0x4029e000", List.of(entry))));
        MappedRange range = new MappedRange(0x20_0000L, 0x3f_ffffL, 0x4020_0000L, 0xff, 3, 5, false);
        return new TablePictures(new TreeMap<>(Map.of(812L, List.of(tree))), "EL2", List.of(range));
    }

    /** A passed boot without anything to say. */
    public static BootReport passed() {
        return new BootReport(
                target("xen-4.20"),
                new Outcome("REACHED", "Could not set up DOM0", 0, null, null, List.of(), List.of("(XEN) hello")),
                Verdict.PASSED,
                null,
                List.of(),
                List.of(),
                new TreeMap<>(),
                List.of(),
                100,
                10,
                5,
                null,
                12,
                null);
    }

    private static Target target(String name) {
        return new Target(
                name, ImageDigest.known("ab".repeat(32)), "AARCH64", 2, 1L << 30, "virt: 2 PEs cortex-a57", "engine");
    }
}
