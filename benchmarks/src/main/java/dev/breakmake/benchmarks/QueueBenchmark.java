package dev.breakmake.benchmarks;

import dev.breakmake.benchmarks.queue.QueueRun;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lease and complete through gRPC with 16 connected runners and empty work, a short queue and a long one, beside raw SQL. */
public final class QueueBenchmark {

    private QueueBenchmark() {}

    /** Arguments: quarkus-run.jar of the scheduler, built by {@code ./mvnw -pl scheduler-service/app -am package -DskipTests}. */
    public static void main(String[] arguments) throws Exception {
        Path jar = Path.of(
                arguments.length > 0 ? arguments[0] : "scheduler-service/app/target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            System.err.println(
                    "no " + jar + "; build it: mvn -Dquickly -pl scheduler-service/app -am package -DskipTests");
            System.exit(2);
        }
        QueueRun.of(jar).print(System.out);
    }
}
