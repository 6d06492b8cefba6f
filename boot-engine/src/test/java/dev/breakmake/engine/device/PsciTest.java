package dev.breakmake.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PsciTest {

    private static final class Host implements PsciHost {
        final List<String> calls = new ArrayList<>();
        Power second = Power.OFF;

        @Override
        public Power power(long mpidr) {
            return mpidr == 0 ? Power.ON : mpidr == 1 ? second : Power.ABSENT;
        }

        @Override
        public void cpuOn(long mpidr, long entry, long context) {
            calls.add("on %x %x %x".formatted(mpidr, entry, context));
            second = Power.ON_PENDING;
        }

        @Override
        public void cpuOff(int pe) {
            calls.add("off " + pe);
        }

        @Override
        public void cpuSuspend(int pe) {
            calls.add("suspend " + pe);
        }

        @Override
        public void systemOff() {
            calls.add("system off");
        }

        @Override
        public void systemReset() {
            calls.add("system reset");
        }
    }

    private final Host host = new Host();
    private final Psci psci = new Psci(host);

    @Test
    void answersTheThreeCallsXenMakes() {
        assertThat(psci.call(0x8400_0000L, 0, 0, 0, 0)).isEqualTo(0x1_0001);
        assertThat(psci.call(0x8400_000aL, 0x8000_0000L, 0, 0, 0)).isEqualTo(-1);
        assertThat(psci.call(0xc400_0003L, 1, 0x4020_0000L, 7, 0)).isZero();
        assertThat(host.calls).containsExactly("on 1 40200000 7");
    }

    @Test
    void a32BitCallerIgnoresTheUpperHalves() {
        assertThat(psci.call(0xffff_ffff_8400_0003L, 0xdead_0000_0000_0001L, 0xdead_0000_4020_0000L, 0, 0))
                .isZero();
        assertThat(host.calls).containsExactly("on 1 40200000 0");
    }

    @Test
    void refusesToStartWhatRunsIsStartingOrIsAbsent() {
        assertThat(psci.call(0xc400_0003L, 0, 0, 0, 0)).isEqualTo(Psci.ALREADY_ON);
        assertThat(psci.call(0xc400_0003L, 5, 0, 0, 0)).isEqualTo(Psci.INVALID_PARAMETERS);
        psci.call(0xc400_0003L, 1, 0, 0, 0);
        assertThat(psci.call(0xc400_0003L, 1, 0, 0, 0)).isEqualTo(Psci.ON_PENDING);
    }

    @Test
    void affinityInfoTellsTheThreeStates() {
        assertThat(psci.call(0xc400_0004L, 0, 0, 0, 0)).isZero();
        assertThat(psci.call(0xc400_0004L, 1, 0, 0, 0)).isEqualTo(1);
        host.second = PsciHost.Power.ON_PENDING;
        assertThat(psci.call(0xc400_0004L, 1, 0, 0, 0)).isEqualTo(2);
        assertThat(psci.call(0xc400_0004L, 9, 0, 0, 0)).isEqualTo(Psci.INVALID_PARAMETERS);
    }

    @Test
    void featuresKnowsWhatTheInterfaceKnows() {
        assertThat(psci.call(0x8400_000aL, 0x8400_0008L, 0, 0, 0)).isZero();
        assertThat(psci.call(0x8400_000aL, 0xc400_0003L, 0, 0, 0)).isZero();
        assertThat(psci.call(0x8400_000aL, 0xc400_0008L, 0, 0, 0)).isEqualTo(-1);
        assertThat(psci.call(0x8400_00ffL, 0, 0, 0, 0)).isEqualTo(Psci.NOT_SUPPORTED);
    }

    @Test
    void passesPowerCallsOn() {
        psci.call(0x8400_0002L, 0, 0, 0, 1);
        psci.call(0xc400_0001L, 0, 0, 0, 0);
        psci.call(0x8400_0008L, 0, 0, 0, 0);
        psci.call(0x8400_0009L, 0, 0, 0, 0);
        assertThat(host.calls).containsExactly("off 1", "suspend 0", "system off", "system reset");
    }

    @Test
    void knowsWhichFunctionIdsAreItsOwn() {
        assertThat(Psci.isCall(0x8400_0000)).isTrue();
        assertThat(Psci.isCall(0xc400_0003)).isTrue();
        assertThat(Psci.isCall(0x8000_0000))
                .as("SMCCC_VERSION: Arm architecture call")
                .isFalse();
        assertThat(Psci.isCall(0x0400_0000)).as("yielding call").isFalse();
    }
}
