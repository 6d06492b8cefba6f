package dev.breakmake.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.trace.domain.AttemptName;
import dev.breakmake.lab.trace.domain.Lease;
import dev.breakmake.lab.trace.domain.Origin;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.domain.TraceQueries.MapQuestion;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.Severity;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.lab.v1.TraceReceipt;
import dev.breakmake.trace.v1.CodeSymbol;
import dev.breakmake.trace.v1.DescriptorChange;
import dev.breakmake.trace.v1.KnownFinding;
import dev.breakmake.trace.v1.ListKnownFindingsRequest;
import dev.breakmake.trace.v1.ListTracesRequest;
import dev.breakmake.trace.v1.MilestoneKind;
import dev.breakmake.trace.v1.Step;
import dev.breakmake.trace.v1.StepDiff;
import dev.breakmake.trace.v1.Trace;
import dev.breakmake.trace.v1.TraceState;
import dev.breakmake.trace.v1.Walk;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.finding.FindingJson;
import dev.breakmake.translation.register.Regime;
import java.util.List;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** What a sealed trace says, and what it answers. */
class SealAndQueryTest {

    private static final TraceLab LAB = new TraceLab();

    private static Reason reasonOf(Throwable thrown) {
        return ((TraceException) thrown).reason();
    }

    @Test
    void theReceiptCarriesTheWritersDigestAndTheCheckersFindingsAndIsSigned() throws Exception {
        Scenario scenario = Scenario.booted().violate(0x5100_0000L);
        Scenario.Recorded recorded = scenario.record();
        AttemptName attempt = TraceLab.attempt("receipt");
        SignedTraceReceipt signed = LAB.deliver(attempt, recorded.file(), Origin.NONE, List.of());

        TraceReceipt receipt = TraceReceipt.parseFrom(signed.getReceipt());
        assertThat(receipt.getTraceDigest()).isEqualTo(recorded.summary().digest());
        assertThat(receipt.getEventCount()).isEqualTo(recorded.summary().events());
        assertThat(receipt.getStepCount()).isEqualTo(recorded.summary().steps());
        assertThat(receipt.getFence()).isEqualTo(1);
        assertThat(receipt.getFindingsList())
                .anySatisfy(f -> {
                    assertThat(f.getRule()).isEqualTo("BBM-OA");
                    assertThat(f.getSeverity()).isEqualTo(Severity.SEVERITY_ERROR);
                })
                .isSortedAccordingTo((a, b) -> a.getFingerprint().compareTo(b.getFingerprint()));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(TraceLab.KEY, "HmacSHA256"));
        assertThat(signed.getSignature().toByteArray())
                .isEqualTo(mac.doFinal(signed.getReceipt().toByteArray()));

        assertThat(LAB.seal.seal(attempt, TraceLab.LEASE, recorded.file().length, new byte[0], List.of(), List.of()))
                .as("sealing again answers with the same receipt")
                .isEqualTo(signed);
    }

    @Test
    void findingsOfIngestEqualThoseOfAnOnlineChecker() {
        Scenario scenario = Scenario.booted()
                .violate(0x5100_0000L)
                .replaceProperly(3, 0x5200_0000L)
                .violate(0x5300_0000L);
        Checker online = new Checker(CheckerOptions.defaults());
        scenario.events().forEach(online::accept);
        long id = LAB.deliver(TraceLab.attempt("online"), scenario.record().file());
        assertThat(LAB.catalogue.findingsJson(id)).isEqualTo(FindingJson.write(online.finish()));
    }

    @Test
    void recordedNamesReachFindingsAndSteps() throws Exception {
        Scenario scenario = Scenario.booted().violate(0x5100_0000L);
        List<CodeSymbol> symbols = scenario.events().stream()
                .map(event -> CodeSymbol.newBuilder()
                        .setPc(event.pc())
                        .setSymbol("remap_fixmap")
                        .setSymbolOffset(event.pc() & 0xfff)
                        .setSource("mm.c:10")
                        .build())
                .distinct()
                .toList();
        AttemptName attempt = TraceLab.attempt("names");
        SignedTraceReceipt signed = LAB.deliver(attempt, scenario.record().file(), Origin.NONE, symbols);
        assertThat(TraceReceipt.parseFrom(signed.getReceipt()).getFindingsList())
                .filteredOn(f -> f.getRule().equals("BBM-OA"))
                .extracting(FindingSummary::getSymbol)
                .containsOnly("remap_fixmap");
        assertThat(LAB.queries.steps(LAB.id(attempt), 0, 10, false).getStepsList())
                .allSatisfy(step -> assertThat(step.getSymbol()).startsWith("remap_fixmap+0x"));
    }

    @Test
    void findingsAreFoundByRuleSymbolRegionSeverityAndRun() {
        TraceLab lab = new TraceLab();
        Scenario scenario = Scenario.booted().violate(0x5100_0000L);
        List<CodeSymbol> symbols = scenario.events().stream()
                .map(event -> CodeSymbol.newBuilder()
                        .setPc(event.pc())
                        .setSymbol("remap_fixmap")
                        .build())
                .distinct()
                .toList();
        lab.deliver(TraceLab.attempt("named"), scenario.record().file(), Origin.NONE, symbols);
        lab.deliver(
                TraceLab.attempt("unnamed"),
                Scenario.booted("engine unnamed").violate(0x5100_0000L).record().file());
        ListKnownFindingsRequest all =
                ListKnownFindingsRequest.newBuilder().setParent("projects/xen").build();
        var known = lab.catalogue.findings(all).getFindingsList();
        assertThat(known).extracting(KnownFinding::getSymbol).contains("remap_fixmap", "");
        for (KnownFinding finding : known) {
            var same = lab.catalogue
                    .findings(all.toBuilder()
                            .setRule(finding.getRule())
                            .setSymbol(finding.getSymbol())
                            .setRegion(finding.getRegion())
                            .setSeverity(finding.getSeverity())
                            .build())
                    .getFindingsList();
            assertThat(same).contains(finding);
            assertThat(same).extracting(KnownFinding::getRule).containsOnly(finding.getRule());
            assertThat(same).extracting(KnownFinding::getSeverity).containsOnly(finding.getSeverity());
        }
        assertThat(lab.catalogue
                        .findings(all.toBuilder().setSymbol("remap_fixmap").build())
                        .getFindingsList())
                .isNotEmpty()
                .extracting(KnownFinding::getSymbol)
                .containsOnly("remap_fixmap");
        assertThat(lab.catalogue
                        .findings(all.toBuilder().setRegion("no such region").build())
                        .getFindingsList())
                .isEmpty();
        assertThat(lab.catalogue
                        .occurrences("projects/xen/runs/r1", "BBM-OA", 0, "")
                        .occurrences())
                .hasSize(2);
        assertThat(lab.catalogue
                        .occurrences("projects/xen/runs/other", "", 0, "")
                        .occurrences())
                .isEmpty();
    }

    @Test
    void stepsAreListedInPagesAndOnlyThoseWithChangesOnRequest() {
        long id = LAB.deliver(
                TraceLab.attempt("steps"),
                Scenario.booted().replaceProperly(1, 0x5200_0000L).record().file());
        var all = LAB.queries.steps(id, 0, 100, false).getStepsList();
        assertThat(all).extracting(Step::getStep).isSorted().startsWith(0L, 1L, 2L);
        assertThat(all)
                .extracting(Step::getBoundary)
                .contains("TLBI ALLE2", "DSB NSH", "ISB", "TTBR0_EL2 = 0x40000000");
        var first = LAB.queries.steps(id, 0, 4, false);
        var second = LAB.queries.steps(id, first.getNextStep(), 100, false);
        assertThat(first.getStepsCount() + second.getStepsCount()).isEqualTo(all.size());
        assertThat(second.getNextStep()).isEqualTo(-1);
        assertThat(LAB.queries.steps(id, 0, 100, true).getStepsList())
                .isNotEmpty()
                .allSatisfy(step -> assertThat(step.getChangeCount()).isPositive());
    }

    @Test
    void aDiffNamesTablePlaceAndMeaningOfEveryChange() {
        Scenario scenario = Scenario.booted().violate(0x5100_0000L);
        long id = LAB.deliver(TraceLab.attempt("diff"), scenario.record().file());
        long last = LAB.catalogue.trace("traces/" + id).getStepCount() - 1;
        StepDiff diff = LAB.queries.diff(id, last - 1, OptionalLong.empty());
        assertThat(diff.getChangesList()).singleElement().satisfies(change -> {
            assertThat(change.getPa()).isEqualTo(Scenario.L3);
            assertThat(change.getTablePa()).isEqualTo(Scenario.L3);
            assertThat(change.getLevel()).isEqualTo(3);
            assertThat(change.getOldText()).contains("PA 0x50000000");
            assertThat(change.getNewText()).contains("PA 0x51000000");
            assertThat(change.getPlacementsList()).singleElement().satisfies(place -> {
                assertThat(place.getRegime()).isEqualTo("EL2");
                assertThat(place.getRoot()).isEqualTo(Scenario.L0);
                assertThat(place.getLive()).isTrue();
                assertThat(place.getRange().getStart()).isZero();
                assertThat(place.getRange().getEnd()).isEqualTo(4096);
            });
        });
        assertThat(LAB.queries.diff(id, last, OptionalLong.of(0)).getChangesList())
                .as("net changes over all but the first step")
                .extracting(DescriptorChange::getPa)
                .containsExactly(Scenario.L3);
        assertThatThrownBy(() -> LAB.queries.diff(id, last + 1, OptionalLong.empty()))
                .hasMessageContaining("is not a step of the trace");
    }

    @Test
    void aWalkIsThatOfItsStep() {
        Scenario scenario = Scenario.booted().violate(0x5100_0000L);
        long id = LAB.deliver(TraceLab.attempt("walk"), scenario.record().file());
        long last = LAB.catalogue.trace("traces/" + id).getStepCount() - 1;
        Walk now = LAB.queries.walk(id, -1, 0, "", 0x123);
        assertThat(now.getOutput()).isEqualTo(0x5100_0123L);
        assertThat(now.getEnabled()).isTrue();
        assertThat(now.getLevelsList()).extracting(level -> level.getLevel()).containsExactly(0, 1, 2, 3);
        assertThat(LAB.queries.walk(id, last - 2, 0, "EL2", 0x123).getOutput()).isEqualTo(0x5000_0123L);
        assertThat(LAB.queries.walk(id, -1, 0, "", 0x7000).getFault()).isTrue();
        assertThatThrownBy(() -> LAB.queries.walk(id, -1, 1, "", 0)).hasMessageContaining("not one of the 1 PEs");
        assertThatThrownBy(() -> LAB.queries.walk(id, -1, 0, "EL9", 0)).hasMessageContaining("is none of");
    }

    @Test
    void whoChangedAnAddressIsAnsweredWithStepsAndStores() {
        Scenario scenario = Scenario.booted()
                .replaceProperly(5, 0x5500_0000L)
                .violate(0x5100_0000L)
                .replaceProperly(5, 0x5600_0000L);
        long id = LAB.deliver(TraceLab.attempt("who"), scenario.record().file());
        var changes = LAB.queries.changes(id, 0x5010, Regime.EL2.name(), 0, 100);
        assertThat(changes.getChangesList())
                .filteredOn(change -> change.getChangesList().stream().anyMatch(c -> c.getLevel() == 3))
                .extracting(change -> change.getChangesList().getLast().getNewText())
                .satisfiesExactly(
                        first -> assertThat(first).contains("PA 0x55000000"),
                        broken -> assertThat(broken).contains("invalid"),
                        second -> assertThat(second).contains("PA 0x56000000"));
        var page = LAB.queries.changes(id, 0x5010, "EL2", 0, 1);
        assertThat(page.getChangesCount()).isEqualTo(1);
        assertThat(page.getNextStep()).isPositive();
    }

    @Test
    void mapsOfTwoTracesAreCompared() {
        long one = LAB.deliver(
                TraceLab.attempt("map-a"), Scenario.booted().record().file());
        long two = LAB.deliver(
                TraceLab.attempt("map-b"),
                Scenario.booted().replaceProperly(9, 0x5900_0000L).record().file());
        var difference = LAB.queries.compare(new MapQuestion(one, -1, 0, ""), new MapQuestion(two, -1, 0, ""));
        assertThat(difference.getChangesList()).singleElement().satisfies(change -> {
            assertThat(change.hasBefore()).isFalse();
            assertThat(change.getRange().getStart()).isEqualTo(0x9000);
            assertThat(change.getAfter().getOutput()).isEqualTo(0x5900_0000L);
        });
        assertThat(LAB.queries.map(two, -1, 0, "").getRangesList())
                .extracting(range -> range.getOutput())
                .containsExactly(0x5000_0000L, 0x5900_0000L);
    }

    @Test
    void milestonesTellTheBoot() {
        long id = LAB.deliver(
                TraceLab.attempt("milestones"), Scenario.booted().record().file());
        assertThat(LAB.queries.milestones(id).getMilestonesList())
                .anySatisfy(m -> {
                    assertThat(m.getKind()).isEqualTo(MilestoneKind.MILESTONE_KIND_MMU);
                    assertThat(m.getText()).startsWith("MMU on");
                })
                .anySatisfy(m -> assertThat(m.getText()).isEqualTo("TTBR0_EL2 root 0x40000000"));
    }

    @Test
    void aDamagedTraceIsRejectedAndLeavesItsNeighboursAlone() {
        byte[] good = Scenario.booted().violate(0x5100_0000L).record().file();
        long neighbour = LAB.deliver(TraceLab.attempt("neighbour"), good);
        for (int damage : new int[] {0, good.length / 2, good.length - 3}) {
            byte[] bad = good.clone();
            bad[damage] ^= 0x40;
            AttemptName attempt = TraceLab.attempt("damaged-" + damage);
            assertThatThrownBy(() -> LAB.deliver(attempt, bad))
                    .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(Reason.TRACE_CORRUPT))
                    .hasMessageContaining("offset");
            Trace trace = LAB.catalogue.trace(attempt.value());
            assertThat(trace.getState()).isEqualTo(TraceState.TRACE_STATE_REJECTED);
            assertThat(trace.getProblem()).isNotEmpty();
            assertThat(LAB.export(attempt))
                    .as("what arrived is kept for inspection")
                    .isEqualTo(bad);
        }
        assertThat(LAB.queries.walk(neighbour, -1, 0, "", 0).getOutput()).isEqualTo(0x5100_0000L);
        assertThatThrownBy(() -> LAB.deliver(TraceLab.attempt("cut"), java.util.Arrays.copyOf(good, good.length - 10)))
                .hasMessageContaining("truncated");
    }

    @Test
    void sealingNeedsAllBytesTheSameLeaseAndTheRunnersDigest() {
        byte[] file = Scenario.booted().record().file();
        AttemptName attempt = TraceLab.attempt("unsealed");
        LAB.append(attempt, 0, java.util.Arrays.copyOf(file, 100));
        assertThatThrownBy(() -> LAB.seal.seal(attempt, TraceLab.LEASE, file.length, new byte[0], List.of(), List.of()))
                .isInstanceOfSatisfying(
                        TraceException.class, e -> assertThat(e.metadata()).containsEntry("next_offset", "100"));
        assertThatThrownBy(() -> LAB.queries.walk(LAB.id(attempt), 0, 0, "", 0))
                .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(Reason.TRACE_NOT_SEALED));
        LAB.append(attempt, 0, file);
        assertThatThrownBy(() ->
                        LAB.seal.seal(attempt, new Lease("other", 9), file.length, new byte[0], List.of(), List.of()))
                .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(Reason.LEASE_LOST));
        assertThatThrownBy(
                        () -> LAB.seal.seal(attempt, TraceLab.LEASE, file.length, new byte[32], List.of(), List.of()))
                .hasMessageContaining("file_sha256");
    }

    @Test
    void nothingFollowsASealButARepetition() {
        byte[] file = Scenario.booted("engine nothing-follows").record().file();
        AttemptName attempt = TraceLab.attempt("sealed");
        LAB.deliver(attempt, file);
        assertThat(LAB.append(attempt, 0, file)).isEqualTo(file.length);
        assertThatThrownBy(() -> LAB.append(attempt, file.length, new byte[] {1}))
                .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(Reason.TRACE_SEALED));
    }

    @Test
    void findingsAreKnownAcrossTracesWithWhoShowedThemFirst() {
        TraceLab lab = new TraceLab();
        byte[] bad = Scenario.booted().violate(0x5100_0000L).record().file();
        Origin origin = new Origin("", "xen-before", "virt", "k", "");
        lab.deliver(TraceLab.attempt("one"), bad, origin, List.of());
        lab.deliver(TraceLab.attempt("two"), bad, new Origin("", "xen-later", "virt", "k", ""), List.of());
        lab.deliver(TraceLab.attempt("clean"), Scenario.booted().record().file(), Origin.NONE, List.of());

        var found = lab.catalogue.findings(ListKnownFindingsRequest.newBuilder()
                .setParent("projects/xen")
                .setRule("BBM-OA")
                .build());
        assertThat(found.getFindingsList()).singleElement().satisfies(finding -> {
            assertThat(finding.getTraceCount()).isEqualTo(2);
            assertThat(finding.getFirstImageName()).isEqualTo("xen-before");
            assertThat(lab.catalogue.occurrences(finding.getName(), "", 0, "").occurrences())
                    .extracting(seen -> seen.trace().imageName())
                    .containsExactly("xen-later", "xen-before");
        });
        assertThat(lab.catalogue
                        .occurrences("projects/xen/runs/r1", "BBM-OA", 1, "")
                        .nextPageToken())
                .isNotEmpty();
        assertThat(lab.catalogue
                        .traces(ListTracesRequest.newBuilder().setRule("BBM-OA").build())
                        .getTracesList())
                .hasSize(2);
        assertThat(lab.number(
                        "select count(*) from v_findings where rule = 'BBM-OA' and first_image_name = 'xen-before'"))
                .isEqualTo(1);
        assertThat(lab.number("select count(*) from v_occurrences where first_seen_here and rule = 'BBM-OA'"))
                .isEqualTo(1);
    }
}
