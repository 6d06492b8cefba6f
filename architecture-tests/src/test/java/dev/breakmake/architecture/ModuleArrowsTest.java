package dev.breakmake.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of docs/architecture.md. A module that does not exist yet breaks no rule. */
@AnalyzeClasses(packages = "dev.breakmake", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleArrowsTest {

    private static final String MODEL = "dev.breakmake.translation..";
    private static final String ENGINE = "dev.breakmake.engine..";
    private static final String QEMU = "dev.breakmake.qemu..";
    private static final String LAB = "dev.breakmake.lab..";
    private static final String CONTRACTS = "dev.breakmake.trace.v1..";
    private static final String CLI = "dev.breakmake.cli..";
    private static final String[] FRAMEWORKS = {
        "io.quarkus..",
        "jakarta..",
        "io.grpc..",
        "com.google.protobuf..",
        "java.sql..",
        "org.postgresql..",
        "org.flywaydb..",
        "com.fasterxml.jackson..",
        "picocli..",
        "io.smallrye..",
        "io.vertx.."
    };

    @ArchTest
    static final ArchRule theModelUsesOnlyTheJdk = noClasses()
            .that()
            .resideInAPackage(MODEL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENGINE, QEMU, LAB, CONTRACTS, CLI)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(FRAMEWORKS)
            .because("translation-model is a library for anyone: the JDK and nothing else")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theEngineUsesOnlyTheModel = noClasses()
            .that()
            .resideInAPackage(ENGINE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(QEMU, LAB, CONTRACTS, CLI)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(FRAMEWORKS)
            .because("boot-engine may use translation-model only")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule qemuUsesOnlyTheModel = noClasses()
            .that()
            .resideInAPackage(QEMU)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENGINE, LAB, CONTRACTS, CLI)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(FRAMEWORKS)
            .because("qemu-boot may use translation-model only, so that the two backends check each other")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule backendsDoNotJudge = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.breakmake.engine.flow..", "dev.breakmake.engine.pe..", "dev.breakmake.engine.isa..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.breakmake.translation.rule..",
                    "dev.breakmake.translation.finding..",
                    "dev.breakmake.translation.tlb..",
                    "dev.breakmake.translation.cache..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("dev.breakmake.translation.Checker")
            .because("what executes knows nothing of what is forbidden or found: rules see events only")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theTraceServiceBootsNothing = noClasses()
            .that()
            .resideInAPackage("dev.breakmake.lab.trace..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENGINE, QEMU, CLI, "dev.breakmake.lab.scheduler..", "dev.breakmake.lab.runner..")
            .because("trace-service may use translation-model and api-protos only")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theSchedulerKnowsNoTranslation = noClasses()
            .that()
            .resideInAPackage("dev.breakmake.lab.scheduler..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MODEL, ENGINE, QEMU, CLI, "dev.breakmake.lab.trace..", "dev.breakmake.lab.runner..")
            .because("scheduler-service may use api-protos only")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theRunnerReachesOtherServicesThroughContractsOnly = noClasses()
            .that()
            .resideInAPackage("dev.breakmake.lab.runner..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CLI, "dev.breakmake.lab.trace..", "dev.breakmake.lab.scheduler..")
            .because("runner-service may use boot-engine, qemu-boot and api-protos only")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theLocalLabOnlyComposes = noClasses()
            .that()
            .resideInAPackage("dev.breakmake.lab.local..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    MODEL,
                    ENGINE,
                    QEMU,
                    CLI,
                    CONTRACTS,
                    "dev.breakmake.lab.v1..",
                    "dev.breakmake.lab.scheduler..",
                    "dev.breakmake.lab.trace..",
                    "dev.breakmake.lab.runner..")
            .because("local-lab hosts the services' cores by configuration and has nothing of its own")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nothingKnowsTheLocalLab = noClasses()
            .that()
            .resideOutsideOfPackage("dev.breakmake.lab.local..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.breakmake.lab.local..")
            .because("services run alone on a server and know nothing of the desk")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theCommandLineCarriesNoFramework = noClasses()
            .that()
            .resideInAPackage(CLI)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.quarkus..",
                    "jakarta..",
                    "io.grpc..",
                    "io.smallrye..",
                    "io.vertx..",
                    "org.postgresql..",
                    "dev.breakmake.lab.scheduler.storage..",
                    "dev.breakmake.lab.scheduler.config..",
                    "dev.breakmake.lab.scheduler.api..",
                    "dev.breakmake.lab.runner.config..",
                    "dev.breakmake.lab.runner.client..",
                    "dev.breakmake.lab.trace..")
            .because("it uses the services' cores as plain jars (docs/decisions/0110)")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule whatServicesDoAtStartKnowsNoService = noClasses()
            .that()
            .resideInAPackage("dev.breakmake.lab.start..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    MODEL,
                    ENGINE,
                    QEMU,
                    CLI,
                    "dev.breakmake.lab.scheduler..",
                    "dev.breakmake.lab.trace..",
                    "io.quarkus..")
            .because("service-start may use JDBC, Flyway and Netty's transport only")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule packagesOfTheModelHaveNoCycles =
            slices().matching("dev.breakmake.translation.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfTheEngineHaveNoCycles =
            slices().matching("dev.breakmake.engine.(*)..").should().beFreeOfCycles();
}
