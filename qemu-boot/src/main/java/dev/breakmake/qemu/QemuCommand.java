package dev.breakmake.qemu;

import dev.breakmake.qemu.process.RunDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The command line of one run. QEMU connects to our sockets as a client, so no name can clash and none is listened on. */
final class QemuCommand {

    static final String CONSOLE_SOCKET = "console.sock";
    static final String CONSOLE_FILE = "console";
    static final String MONITOR_SOCKET = "qmp.sock";
    static final String GDB_SOCKET = "gdb.sock";
    static final String MEMORY_FILE = "ram";

    private static final String SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";
    private static final long MIB = 1 << 20;

    private QemuCommand() {}

    static List<String> build(
            Path binary,
            QemuBootSpecification specification,
            RunDirectory directory,
            boolean sandbox,
            Collection<Long> logged) {
        boolean observed = specification.observation() == Observation.FULL;
        List<String> command = new ArrayList<>();
        command.add(binary.toString());
        // No default network card, disk, display, monitor or serial port: only what is named here exists.
        command.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none", "-nic", "none", "-no-reboot"));
        if (sandbox) {
            command.addAll(List.of("-sandbox", SANDBOX));
        }
        command.addAll(List.of("-machine", machine(specification, observed)));
        if (observed) {
            command.addAll(List.of(
                    "-object",
                    "memory-backend-file,id=ram,share=on,size=%dM,mem-path=%s"
                            .formatted(specification.memoryBytes() / MIB, quoted(directory.file(MEMORY_FILE)))));
        }
        guest(command, specification);
        switch (specification.observation()) {
            case NONE -> command.addAll(List.of("-serial", "null"));
            case CONSOLE ->
                command.addAll(List.of(
                        "-chardev",
                        "file,id=console,path=" + quoted(directory.file(CONSOLE_FILE)),
                        "-serial",
                        "chardev:console"));
            case FULL ->
                command.addAll(List.of(
                        "-chardev", socket("console", directory.file(CONSOLE_SOCKET)), "-serial", "chardev:console"));
        }
        command.addAll(List.of("-chardev", socket("monitor", directory.file(MONITOR_SOCKET))));
        command.addAll(List.of("-mon", "chardev=monitor,mode=control"));
        if (observed) {
            command.addAll(List.of("-chardev", socket("gdb", directory.file(GDB_SOCKET)), "-gdb", "chardev:gdb", "-S"));
        }
        if (!logged.isEmpty()) {
            // To standard error, where it can be held up.
            command.addAll(List.of(
                    "-d",
                    "exec,cpu",
                    "-dfilter",
                    logged.stream().map("0x%x+4"::formatted).collect(Collectors.joining(","))));
        }
        return command;
    }

    /** The command that writes the device tree of the same guest to a file and ends. */
    static List<String> deviceTree(Path binary, QemuBootSpecification specification, Path file) {
        List<String> command = new ArrayList<>();
        command.add(binary.toString());
        command.addAll(
                List.of("-nodefaults", "-no-user-config", "-display", "none", "-nic", "none", "-serial", "null"));
        command.addAll(List.of("-machine", machine(specification, false) + ",dumpdtb=" + quoted(file)));
        guest(command, specification);
        return command;
    }

    private static void guest(List<String> command, QemuBootSpecification specification) {
        command.addAll(List.of("-cpu", specification.cpu(), "-smp", Integer.toString(specification.peCount())));
        command.addAll(List.of("-m", Long.toString(specification.memoryBytes() / MIB)));
        command.addAll(List.of("-kernel", specification.image().toAbsolutePath().toString()));
        if (!specification.bootArgs().isEmpty()) {
            command.addAll(List.of("-append", specification.bootArgs()));
        }
        specification
                .dtb()
                .ifPresent(dtb ->
                        command.addAll(List.of("-dtb", dtb.toAbsolutePath().toString())));
        specification.dom0().ifPresent(dom0 -> command.addAll(List.of("-device", module(dom0))));
    }

    private static String machine(QemuBootSpecification specification, boolean observed) {
        StringBuilder machine = new StringBuilder(specification.machine());
        if (specification.isVirt()) {
            // The seeds QEMU otherwise puts into its device tree would make two runs differ.
            addUnlessSet(machine, "virtualization", "on");
            addUnlessSet(machine, "dtb-randomness", "off");
        }
        if (observed) {
            addUnlessSet(machine, "memory-backend", "ram");
        }
        return machine.toString();
    }

    private static void addUnlessSet(StringBuilder machine, String option, String value) {
        if (machine.indexOf("," + option + "=") < 0) {
            machine.append(',').append(option).append('=').append(value);
        }
    }

    private static String module(GuestModule module) {
        StringBuilder device = new StringBuilder("guest-loader,addr=0x%x,kernel=%s"
                .formatted(module.address(), quoted(module.file().toAbsolutePath())));
        if (!module.bootArgs().isEmpty()) {
            device.append(",bootargs=").append(module.bootArgs().replace(",", ",,"));
        }
        return device.toString();
    }

    private static String socket(String id, Path path) {
        return "socket,id=%s,path=%s".formatted(id, quoted(path));
    }

    /** A value in QEMU's option syntax, where a comma is written twice. */
    private static String quoted(Path path) {
        return path.toString().replace(",", ",,");
    }
}
