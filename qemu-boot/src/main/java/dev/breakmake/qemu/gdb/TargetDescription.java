package dev.breakmake.qemu.gdb;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The registers a stub offers, by name and in the order of the {@code g} packet.
 *
 * <p>QEMU puts only the core feature of an architecture (general registers, PC, PSTATE) into {@code g}; all others need {@code p}.
 */
public final class TargetDescription {

    private final String architecture;
    private final Map<String, TargetRegister> byName;
    private final List<TargetRegister> core;

    /** Takes the registers in description order; the first feature is the core one. */
    public TargetDescription(String architecture, List<TargetRegister> registers) {
        this.architecture = architecture;
        Map<String, TargetRegister> names = new LinkedHashMap<>();
        List<TargetRegister> first = new ArrayList<>();
        for (TargetRegister register : registers) {
            // Banked A32 registers repeat a name; the first is the one of the current state, as gdb itself takes it.
            names.putIfAbsent(register.name(), register);
            if (register.feature().equals(registers.getFirst().feature())) {
                first.add(register);
            }
        }
        this.byName = Collections.unmodifiableMap(names);
        this.core = List.copyOf(first);
    }

    /** The description's architecture name, e.g. {@code aarch64} or {@code arm}. */
    public String architecture() {
        return architecture;
    }

    /** The register of that name, if the target has it. */
    public Optional<TargetRegister> register(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** All registers by name, in description order. */
    public Map<String, TargetRegister> registers() {
        return byName;
    }

    /** The registers of the {@code g} packet, in its order. */
    public List<TargetRegister> core() {
        return core;
    }
}
