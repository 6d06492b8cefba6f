package dev.breakmake.engine.device;

import static dev.breakmake.engine.device.GenericTimer.Timer.HYPERVISOR;
import static dev.breakmake.engine.device.GenericTimer.Timer.PHYSICAL;
import static dev.breakmake.engine.device.GenericTimer.Timer.VIRTUAL;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class GenericTimerTest {

    private static final class Lines implements InterruptController {
        final Set<Integer> up = new TreeSet<>();

        @Override
        public void setSharedLine(int intid, boolean asserted) {
            throw new AssertionError("timers are private");
        }

        @Override
        public void setPrivateLine(int pe, int intid, boolean asserted) {
            assertThat(pe).isEqualTo(1);
            boolean changed = asserted ? up.add(intid) : up.remove(intid);
            assertThat(changed || up.contains(intid) == asserted).isTrue();
        }
    }

    private final TestClock clock = new TestClock();
    private final Lines lines = new Lines();
    private final GenericTimer timer = new GenericTimer(1, clock, lines);

    @Test
    void firesWhenTheCounterReachesTheCompareValueAndNotBefore() {
        timer.setCompare(HYPERVISOR, 100);
        timer.setControl(HYPERVISOR, 1);
        clock.advance(99);
        assertThat(lines.up).isEmpty();
        assertThat(timer.control(HYPERVISOR)).isEqualTo(1);
        clock.advance(1);
        assertThat(lines.up).containsExactly(26);
        assertThat(timer.control(HYPERVISOR)).isEqualTo(5);
    }

    @Test
    void theMaskHidesTheLineButNotTheStatus() {
        timer.setTimerValue(PHYSICAL, 10);
        timer.setControl(PHYSICAL, 3);
        clock.advance(20);
        assertThat(lines.up).isEmpty();
        assertThat(timer.control(PHYSICAL)).isEqualTo(7);
        timer.setControl(PHYSICAL, 1);
        assertThat(lines.up).containsExactly(30);
        timer.setControl(PHYSICAL, 0);
        assertThat(lines.up).isEmpty();
        assertThat(timer.control(PHYSICAL)).isZero();
    }

    @Test
    void theVirtualTimerCountsFromItsOffset() {
        clock.advance(1000);
        timer.setVirtualOffset(1000);
        assertThat(timer.virtualCount()).isZero();
        timer.setTimerValue(VIRTUAL, 50);
        assertThat(timer.compare(VIRTUAL)).isEqualTo(50);
        timer.setControl(VIRTUAL, 1);
        clock.advance(49);
        assertThat(lines.up).isEmpty();
        timer.setVirtualOffset(990);
        assertThat(lines.up).as("a smaller offset makes it due").containsExactly(27);
    }

    @Test
    void theTimerValueCountsDownThroughZero() {
        timer.setTimerValue(PHYSICAL, 5);
        clock.advance(7);
        assertThat(timer.timerValue(PHYSICAL)).isEqualTo(-2);
    }

    @Test
    void aCompareValueBeyondTheEndOfTimeNeverFires() {
        timer.setCompare(PHYSICAL, -1L);
        timer.setControl(PHYSICAL, 1);
        clock.advance(1_000_000);
        assertThat(lines.up).isEmpty();
        assertThat(clock.waiting()).isZero();
    }

    @Test
    void aSavedTimerFiresInAnotherMachine() {
        timer.setCompare(HYPERVISOR, 30);
        timer.setControl(HYPERVISOR, 1);
        clock.advance(10);
        TestClock forkClock = new TestClock();
        forkClock.advance(10);
        Lines forkLines = new Lines();
        GenericTimer fork = new GenericTimer(1, forkClock, forkLines);
        fork.restore(timer.save());
        forkClock.advance(20);
        assertThat(forkLines.up).containsExactly(26);
        assertThat(lines.up).isEmpty();
    }
}
