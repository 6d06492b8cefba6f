package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.matrix.BootFields;
import dev.breakmake.lab.scheduler.matrix.Constraint;
import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.scheduler.matrix.JobSpecCheck;
import dev.breakmake.lab.scheduler.storage.Audit;
import dev.breakmake.lab.scheduler.storage.BaselineStore;
import dev.breakmake.lab.scheduler.storage.CellStore;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.Idempotency;
import dev.breakmake.lab.scheduler.storage.ImageStore;
import dev.breakmake.lab.scheduler.storage.JobStore;
import dev.breakmake.lab.scheduler.storage.QueueStore;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.Axis;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.CreateRunRequest;
import dev.breakmake.lab.v1.Job;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunJobRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes runs: expansion, pinning of images, queueing; all of it in one transaction, so a run is there with all its cells or not at all. */
public final class Runs {

    private static final Duration DEFAULT_QUEUE_TIMEOUT = Duration.ofHours(24);
    private static final int DEFAULT_PRIORITY = 50;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ID_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

    private final Database database;
    private final LabLimits limits;
    private final WorkSignal signal;

    /** Puts it together. */
    public Runs(Database database, LabLimits limits, WorkSignal signal) {
        this.database = database;
        this.limits = limits;
        this.signal = signal;
    }

    /** See RunService.CreateRun. */
    public Run create(Caller caller, CreateRunRequest request) {
        caller.require(Role.SUBMITTER);
        String project = Names.project(request.getParent());
        Expansion expansion = JobSpecCheck.check(request.getSpec());
        Run run = database.transact(tx -> {
            Plan plan = plan(
                    tx,
                    project,
                    null,
                    null,
                    request.getSpec(),
                    expansion,
                    0,
                    request.getLabelsMap(),
                    caller,
                    request.getBaseline());
            if (request.getValidateOnly()) {
                return Run.newBuilder()
                        .setSpec(request.getSpec())
                        .setInputDigest(plan.run().inputDigest())
                        .build();
            }
            return Idempotency.once(tx, caller, "CreateRun", request.getRequestId(), request, Run.parser(), () -> {
                Run made = insert(tx, plan);
                Audit.note(
                        tx,
                        caller,
                        "CreateRun",
                        made.getName(),
                        expansion.points().size() + " cells");
                return made;
            });
        });
        signal.raise();
        return run;
    }

    /** See JobService.RunJob. */
    public Run runJob(Caller caller, RunJobRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.job(request.getName());
        if (request.getPriority() < 0 || request.getPriority() > 100) {
            throw LabException.invalid("priority", request.getPriority() + " is outside 0 to 100");
        }
        Run run = database.transact(tx ->
                Idempotency.once(tx, caller, "RunJob", request.getRequestId(), request, Run.parser(), () -> {
                    Job job = JobStore.find(tx, name.project(), name.id())
                            .orElseThrow(() -> LabException.notFound(request.getName()))
                            .job();
                    JobSpec spec = overridden(job.getSpec(), request.getOverridesMap());
                    Expansion expansion = filtered(JobSpecCheck.check(spec), spec.getBoot(), request.getCellFilter());
                    Map<String, String> labels = new TreeMap<>(job.getLabelsMap());
                    labels.putAll(request.getLabelsMap());
                    Run made = insert(
                            tx,
                            plan(
                                    tx,
                                    name.project(),
                                    name.id(),
                                    null,
                                    spec,
                                    expansion,
                                    request.getPriority(),
                                    labels,
                                    caller,
                                    request.getBaseline()));
                    Audit.note(
                            tx,
                            caller,
                            "RunJob",
                            made.getName(),
                            request.getName() + ", " + expansion.points().size() + " cells");
                    return made;
                }));
        signal.raise();
        return run;
    }

    /** A run about to be made. */
    record Plan(RunStore.NewRun run, Expansion expansion, Map<String, Architecture> architectures) {}

    /** Looks up what the run needs; throws IMAGE_UNKNOWN or QUEUE_FULL. */
    Plan plan(
            Tx tx,
            String project,
            @Nullable String job,
            @Nullable String schedule,
            JobSpec spec,
            Expansion expansion,
            int priority,
            Map<String, String> labels,
            Caller creator,
            String baseline)
            throws SQLException {
        if (JobStore.project(tx, project).isEmpty()) {
            throw LabException.notFound("projects/" + project);
        }
        Set<String> references = Jobs.references(spec, expansion);
        Map<String, ImageStore.Resolved> images = ImageStore.resolve(tx, project, references);
        Set<String> unknown = new TreeSet<>(references);
        unknown.removeAll(images.keySet());
        if (!unknown.isEmpty()) {
            throw new LabException(
                    Reason.IMAGE_UNKNOWN,
                    "projects/" + project + " has no image " + String.join(", ", unknown) + "; upload it or tag one so",
                    List.of(),
                    Map.of("images", String.join(",", unknown)));
        }
        Map<String, String> digests = new TreeMap<>();
        Map<String, Architecture> architectures = new TreeMap<>();
        images.forEach((reference, image) -> {
            digests.put(reference, image.sha256());
            architectures.put(reference, image.architecture());
        });
        int effective = priority != 0 ? priority : spec.getPriority() != 0 ? spec.getPriority() : DEFAULT_PRIORITY;
        RunStore.NewRun run = new RunStore.NewRun(
                project,
                newId(),
                job,
                schedule,
                spec,
                digests,
                inputDigest(spec, digests),
                effective,
                labels,
                creator.name(),
                baselineRun(tx, project, baseline),
                TraceContext.child(creator.traceParent(), random(16), random(8)),
                expansion.points().size());
        return new Plan(run, expansion, architectures);
    }

    /** Makes the run with its cells and queues them. */
    Run insert(Tx tx, Plan plan) throws SQLException {
        RunStore.NewRun run = plan.run();
        int cells = plan.expansion().points().size();
        if (QueueStore.size(tx) + cells > limits.queuedCells()) {
            throw new LabException(
                    Reason.QUEUE_FULL,
                    "the queue cannot take " + cells + " more cells; wait until others are done",
                    List.of(),
                    Map.of("limit", Long.toString(limits.queuedCells())));
        }
        long pk = RunStore.insert(tx, run);
        CellStore.insert(tx, pk, plan.expansion().points());
        List<QueueStore.Item> items = new ArrayList<>(cells);
        for (Expansion.Point point : plan.expansion().points()) {
            BootSpec boot = point.boot(run.spec().getBoot());
            items.add(new QueueStore.Item(items.size() + 1, 1, need(boot, plan.architectures(), run.spec())));
        }
        QueueStore.insert(tx, pk, run.project(), run.priority(), queueTimeout(run.spec()), items);
        return RunStore.get(tx, run.project(), run.id()).run();
    }

    static QueueStore.Need need(BootSpec boot, Map<String, Architecture> architectures, JobSpec spec) {
        Architecture architecture = boot.getArchitecture();
        if (architecture == Architecture.ARCHITECTURE_UNSPECIFIED) {
            architecture = boot.getFlow().isEmpty()
                    ? architectures.getOrDefault(boot.getImage(), Architecture.ARCHITECTURE_UNSPECIFIED)
                    : flowArchitecture(boot.getFlow());
        }
        return QueueStore.Need.of(boot, architecture, spec.getRequiredLabelsList());
    }

    private static Architecture flowArchitecture(String flow) {
        if (flow.startsWith("arm64/")) {
            return Architecture.ARCHITECTURE_ARM64;
        }
        return flow.startsWith("arm32/") ? Architecture.ARCHITECTURE_ARM32 : Architecture.ARCHITECTURE_UNSPECIFIED;
    }

    static Duration queueTimeout(JobSpec spec) {
        return spec.getTimeouts().hasQueue()
                ? Duration.ofSeconds(spec.getTimeouts().getQueue().getSeconds())
                : DEFAULT_QUEUE_TIMEOUT;
    }

    /** The run a baseline or run name stands for; null for none. */
    static @Nullable String baselineRun(Tx tx, String project, String baseline) throws SQLException {
        if (baseline.isEmpty()) {
            return null;
        }
        if (baseline.contains("/baselines/")) {
            Names.Child name = Names.baseline(baseline);
            requireSameProject(project, name.project());
            return BaselineStore.find(tx, project, name.id())
                    .map(found -> Names.run(found.baseline().getRun()).id())
                    .orElseThrow(() -> LabException.notFound(baseline));
        }
        Names.Child name = Names.run(baseline);
        requireSameProject(project, name.project());
        return Names.run(RunStore.get(tx, project, name.id()).run().getName()).id();
    }

    private static void requireSameProject(String project, String other) {
        if (!project.equals(other)) {
            throw LabException.invalid("baseline", "belongs to projects/" + other + ", not to projects/" + project);
        }
    }

    private static JobSpec overridden(JobSpec spec, Map<String, String> overrides) {
        JobSpec.Builder changed = spec.toBuilder();
        overrides.forEach((name, value) -> {
            try {
                BootFields.canonical(name, value);
                boolean onAxis = false;
                for (Axis.Builder axis : changed.getMatrixBuilder().getAxesBuilderList()) {
                    if (axis.getName().equals(name)) {
                        axis.clearValues().addValues(value);
                        onAxis = true;
                    }
                }
                if (!onAxis) {
                    BootFields.set(changed.getBootBuilder(), name, value);
                }
            } catch (IllegalArgumentException e) {
                throw LabException.invalid("overrides." + Names.abbreviate(name), String.valueOf(e.getMessage()));
            }
        });
        return changed.build();
    }

    private static Expansion filtered(Expansion expansion, BootSpec base, String filter) {
        if (filter.isEmpty()) {
            return expansion;
        }
        Constraint constraint;
        try {
            constraint = Constraint.parse(filter);
        } catch (IllegalArgumentException e) {
            throw new LabException(Reason.FILTER_INVALID, "cellFilter: " + e.getMessage(), e);
        }
        List<Expansion.Point> kept = expansion.points().stream()
                .filter(point -> {
                    BootSpec boot = point.boot(base);
                    return constraint.holds(name -> BootFields.get(boot, name));
                })
                .toList();
        if (kept.isEmpty()) {
            throw new LabException(Reason.MATRIX_EMPTY, "no cell of the matrix meets " + filter);
        }
        return new Expansion(kept, expansion.exclusions());
    }

    /** Equal for equal specifications on equal images. */
    static String inputDigest(JobSpec spec, Map<String, String> digests) {
        MessageDigest digest = Digests.sha256();
        digest.update(spec.toByteArray());
        new TreeMap<>(digests)
                .forEach((reference, sha256) ->
                        digest.update((reference + "=" + sha256 + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String newId() {
        StringBuilder id = new StringBuilder("r");
        for (int i = 0; i < 11; i++) {
            id.append(ID_ALPHABET.charAt(RANDOM.nextInt(ID_ALPHABET.length())));
        }
        return id.toString();
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
