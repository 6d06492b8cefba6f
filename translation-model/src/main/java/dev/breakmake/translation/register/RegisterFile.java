package dev.breakmake.translation.register;

import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The translation registers of one PE. Registers never written read as 0, which leaves every regime off; {@link #known} tells them
 * apart. Values apply at once here: whoever needs the window up to the next context synchronisation keeps two files.
 */
public final class RegisterFile {
    private static final TranslationRegister[] REGISTERS = TranslationRegister.values();

    private final Implementation implementation;
    private final long[] values = new long[REGISTERS.length];
    private final boolean[] known = new boolean[REGISTERS.length];
    private final @Nullable RegimeConfiguration[] configurations =
            new @Nullable RegimeConfiguration[Regime.values().length];

    /** A file with nothing written yet. */
    public RegisterFile(Implementation implementation) {
        this.implementation = implementation;
    }

    /** An independent copy. */
    public RegisterFile copy() {
        RegisterFile copy = new RegisterFile(implementation);
        copy.set(this);
        return copy;
    }

    /** Takes over all values of another file of the same machine. */
    public void set(RegisterFile other) {
        System.arraycopy(other.values, 0, values, 0, values.length);
        System.arraycopy(other.known, 0, known, 0, known.length);
        System.arraycopy(other.configurations, 0, configurations, 0, configurations.length);
    }

    /** Forgets everything: the PE was reset. */
    public void reset() {
        Arrays.fill(values, 0);
        Arrays.fill(known, false);
        Arrays.fill(configurations, null);
    }

    /** Takes the new value of a register; the event's PE is not looked at. */
    public void apply(RegisterWrite write) {
        set(write.register(), write.value());
    }

    /** Sets a register. */
    public void set(TranslationRegister register, long value) {
        int index = register.ordinal();
        if (known[index] && values[index] == value) {
            return;
        }
        values[index] = value;
        known[index] = true;
        forgetConfigurations(register);
    }

    /** Drops what is derived from a register; those of one regime only concern no other. */
    private void forgetConfigurations(TranslationRegister register) {
        switch (register) {
            case TTBR0_EL2, TTBR1_EL2, TCR_EL2, MAIR_EL2 -> {
                configurations[Regime.EL2.ordinal()] = null;
                configurations[Regime.EL2_0.ordinal()] = null;
            }
            case HTTBR, HTCR, HMAIR0, HMAIR1 -> configurations[Regime.HYP.ordinal()] = null;
            default -> Arrays.fill(configurations, null);
        }
    }

    /** Current value; 0 if never written. */
    public long value(TranslationRegister register) {
        return values[register.ordinal()];
    }

    /** Whether the register was written. */
    public boolean known(TranslationRegister register) {
        return known[register.ordinal()];
    }

    /** What the machine implements. */
    public Implementation implementation() {
        return implementation;
    }

    /** Whether a regime is on, as its configuration says, without deriving the rest of it. */
    public boolean enabled(Regime regime) {
        RegimeConfiguration configuration = configurations[regime.ordinal()];
        return configuration == null ? RegimeDerivation.enabled(regime, this) : configuration.enabled();
    }

    /** SCTLR of a regime's exception level, HSCTLR of Hyp's, that of the hypervisor for stage 2. */
    public SystemControl control(Regime regime) {
        return RegimeDerivation.control(regime, this);
    }

    /** The current VMID. */
    public int vmid() {
        return RegimeDerivation.vmid(this);
    }

    /** The configuration of a regime; the same object as long as no register changed. */
    public RegimeConfiguration configuration(Regime regime) {
        RegimeConfiguration configuration = configurations[regime.ordinal()];
        if (configuration == null) {
            configuration = RegimeDerivation.derive(regime, this);
            configurations[regime.ordinal()] = configuration;
        }
        return configuration;
    }
}
