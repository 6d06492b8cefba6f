package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Maintenance and register writes that take effect later than they stand. */
class MaintenanceOrderTest {

    private static final long DATA = 0x4060_0000L;

    private static List<String> rules(Scenario scenario) {
        return scenario.findings().stream().map(finding -> finding.rule().id()).toList();
    }

    @Test
    void anInvalidateMayOvertakeTheStoresPastTheCachesItIsMeantFor() {
        Scenario ordered =
                Scenario.off(World.EL2).invalidateTables().dsb(Shareability.SY).enable();
        Scenario overtaken = Scenario.off(World.EL2);
        World.EL2.pages().forEach(page -> overtaken.maintain(CacheOperation.DC_IVAC, page, 4096));
        overtaken.dsb(Shareability.SY).enable();

        assertThat(rules(ordered)).doesNotContain("CMO-PTOFF", "CMO-RANGE");
        assertThat(rules(overtaken)).containsAnyOf("CMO-PTOFF", "CMO-RANGE");
    }

    @Test
    void aMailboxIsCleanOnlyWhenADsbHasCompletedTheClean() {
        Scenario open = Scenario.on(World.EL2)
                .memoryWrite(DATA, 8, true)
                .maintain(CacheOperation.DC_CVAC, DATA, 64)
                .pe(1)
                .memoryRead(DATA, 8, false);
        Scenario local = Scenario.on(World.EL2)
                .memoryWrite(DATA, 8, true)
                .maintain(CacheOperation.DC_CVAC, DATA, 64)
                .dsb(Shareability.NSH)
                .pe(1)
                .memoryRead(DATA, 8, false);
        Scenario complete = Scenario.on(World.EL2)
                .memoryWrite(DATA, 8, true)
                .maintain(CacheOperation.DC_CVAC, DATA, 64)
                .dsb(Shareability.ISH)
                .pe(1)
                .memoryRead(DATA, 8, false);

        assertThat(rules(open)).contains("CMO-MBOX");
        assertThat(rules(local)).contains("CMO-MBOX");
        assertThat(rules(complete)).doesNotContain("CMO-MBOX");
    }
}
