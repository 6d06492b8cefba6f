package dev.breakmake.cli.boot;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.engine.machine.TlbPolicy;
import dev.breakmake.engine.platform.BootImage;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.qemu.GuestModule;
import dev.breakmake.qemu.QemuBoot;
import dev.breakmake.qemu.QemuBootResult;
import dev.breakmake.qemu.QemuBootSpecification;
import dev.breakmake.qemu.QemuOutcome;
import dev.breakmake.qemu.process.QemuException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Boots on stock QEMU, watched from outside, with the checker attached to the events it can be made to show. */
final class StockQemuBoot {

    private static final long RAM_BASE = 0x4000_0000L;

    /** Xen says so when dom0 is complete, just before it enters it; QEMU shows no entry of the guest. */
    private static final Pattern DOM0_READY = Pattern.compile("Serial input to DOM0");

    private StockQemuBoot() {}

    static BootReport run(BootRequest request, BootProgress progress) throws IOException {
        refuseWhatQemuCannotDo(request);
        try (HandedFiles files = new HandedFiles()) {
            return run(request, files, progress);
        } catch (QemuException e) {
            throw switch (e.kind()) {
                case BAD_INPUT -> CommandFailure.usage(String.valueOf(e.getMessage()), "see breakmake run --help");
                case MISSING_BINARY ->
                    CommandFailure.fault(
                            String.valueOf(e.getMessage()), "without it: --backend engine; see breakmake doctor");
                case DIED, ENVIRONMENT -> CommandFailure.fault("QEMU: " + e.getMessage(), "", e);
            };
        }
    }

    private static BootReport run(BootRequest request, HandedFiles files, BootProgress progress) throws IOException {
        QemuBootSpecification specification = specification(request, files);
        SymbolTable symbols = SymbolFiles.of(request, EngineBoot.platform(request), BootOptions.DEFAULT);
        try (BootWatch watch = new BootWatch(request.profile(), request.trace(), request.wanted(), symbols, progress)) {
            QemuBootResult result = QemuBoot.run(specification, watch, line -> {});
            if (result.events() == 0) {
                throw CommandFailure.fault(
                        "QEMU ran, but showed no translation event: nothing can be said about " + request.name(), "");
            }
            return BootReport.of(
                    request,
                    target(request, specification, "qemu " + result.qemuVersion()),
                    outcome(result),
                    watch.finish(),
                    0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.fault("interrupted", "", e);
        }
    }

    private static QemuBootSpecification specification(BootRequest request, HandedFiles files) throws IOException {
        QemuBootSpecification standard = QemuBootSpecification.virt(
                request.image().architecture(), request.imageFile(), request.pes(), request.memoryBytes());
        byte[] dom0 = request.dom0();
        byte[] tree = request.deviceTree();
        return new QemuBootSpecification(
                standard.architecture(),
                "virt,gic-version=" + request.gicVersion(),
                standard.cpu(),
                standard.peCount(),
                standard.memoryBytes(),
                standard.image(),
                request.bootArguments().isEmpty() ? standard.bootArgs() : request.bootArguments(),
                dom0 == null
                        ? Optional.empty()
                        : Optional.of(
                                new GuestModule(files.holding("dom0", dom0), RAM_BASE + request.memoryBytes() / 2, "")),
                tree == null ? Optional.empty() : Optional.of(files.holding("tree.dtb", tree)),
                until(request),
                standard.observation(),
                standard.limits().withWallClock(request.timeLimit()),
                Optional.empty());
    }

    private static Optional<Pattern> until(BootRequest request) {
        String until = request.until();
        if (until == null) {
            return request.dom0() == null ? Optional.empty() : Optional.of(DOM0_READY);
        }
        try {
            return Optional.of(Pattern.compile(until));
        } catch (PatternSyntaxException e) {
            throw CommandFailure.usage("--until: '" + until + "' is no regular expression: " + e.getDescription(), "");
        }
    }

    private static void refuseWhatQemuCannotDo(BootRequest request) {
        List<String> wishes = new ArrayList<>();
        if (request.image().format() == BootImage.Format.FLAT) {
            wishes.add("--flat");
        }
        if (request.ramBase() != null) {
            wishes.add("--ram-base");
        }
        if (request.loadAddress() != null) {
            wishes.add("--load-address");
        }
        if (request.tlbPolicy() != TlbPolicy.FLUSH_EAGERLY) {
            wishes.add("--tlb");
        }
        if (request.seed() != 0) {
            wishes.add("--seed");
        }
        String until = request.until();
        if (until != null && (until.startsWith("symbol:") || until.equals("guest") || until.equals("poweroff"))) {
            wishes.add("--until " + until);
        }
        if (!wishes.isEmpty()) {
            throw CommandFailure.usage(
                    "stock QEMU has no " + String.join(", ", wishes),
                    "leave it out, or use --backend engine, which has");
        }
    }

    private static Outcome outcome(QemuBootResult result) {
        QemuOutcome outcome = result.outcome();
        return new Outcome(outcome.kind().name(), outcome.detail(), 0, null, null, List.of(), result.console());
    }

    private static Target target(BootRequest request, QemuBootSpecification specification, String backend) {
        String description = "%s: %d PE%s %s"
                .formatted(specification.machine(), request.pes(), request.pes() == 1 ? "" : "s", specification.cpu());
        return new Target(
                request.name(),
                request.digest(),
                request.image().architecture().name(),
                request.pes(),
                request.memoryBytes(),
                description,
                backend);
    }

    /** QEMU takes files: a folder for what this process holds in memory, gone with the boot. */
    private static final class HandedFiles implements AutoCloseable {

        private final List<Path> made = new ArrayList<>();

        Path holding(String name, byte[] content) throws IOException {
            if (made.isEmpty()) {
                made.add(Files.createTempDirectory("breakmake-"));
            }
            Path file = Files.write(made.getFirst().resolve(name), content);
            made.add(file);
            return file;
        }

        @Override
        public void close() throws IOException {
            for (Path each : made.reversed()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
