package dev.breakmake.lab.trace.app;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.startsWith;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.breakmake.lab.testing.PostgresResource;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.TraceReceipt;
import dev.breakmake.trace.v1.AppendTraceRequest;
import dev.breakmake.trace.v1.GetTraceRequest;
import dev.breakmake.trace.v1.SealTraceRequest;
import dev.breakmake.trace.v1.Trace;
import dev.breakmake.trace.v1.TraceIngestServiceGrpc;
import dev.breakmake.trace.v1.TraceOrigin;
import dev.breakmake.trace.v1.TraceServiceGrpc;
import dev.breakmake.translation.OutcomeKind;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The service as a process: gRPC and REST on one port, and a real Xen boot through both. */
@QuarkusTest
@QuarkusTestResource(value = PostgresResource.class, initArgs = @ResourceArg(name = "datasources", value = "trace"))
class TraceServiceTest {

    private static final String CELL = "projects/xen/runs/nightly-1/cells/";

    private final ManagedChannel channel = NettyChannelBuilder.forAddress(
                    "127.0.0.1", ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class))
            .usePlaintext()
            .build();

    /** Verbs are written with a colon in the path, as every browser and client sends them. */
    @BeforeAll
    static void leavePathsAsTheyAre() {
        RestAssured.urlEncodingEnabled = false;
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    private TraceReceipt deliver(String attempt, String imageName, RealBoot boot)
            throws InvalidProtocolBufferException {
        var ingest = TraceIngestServiceGrpc.newBlockingStub(channel);
        long offset = 0;
        while (offset < boot.file().length) {
            int count = (int) Math.min(100_000, boot.file().length - offset);
            offset = ingest.appendTrace(AppendTraceRequest.newBuilder()
                            .setAttempt(attempt)
                            .setLeaseId("l")
                            .setFence(3)
                            .setOffset(offset)
                            .setData(ByteString.copyFrom(boot.file(), (int) offset, count))
                            .setOrigin(TraceOrigin.newBuilder()
                                    .setImageName(imageName)
                                    .setPlatform("virt"))
                            .build())
                    .getNextOffset();
        }
        return TraceReceipt.parseFrom(ingest.sealTrace(SealTraceRequest.newBuilder()
                        .setAttempt(attempt)
                        .setLeaseId("l")
                        .setFence(3)
                        .setSizeBytes(offset)
                        .addAllSymbols(boot.symbols())
                        .build())
                .getReceipt()
                .getReceipt());
    }

    @Test
    void aRealBootBeforeTheSeriesShowsTheSwitchAndOneAfterDoesNot() throws Exception {
        RealBoot before = RealBoot.of("4.17-arm64", 2);
        assertThat(before.result().kind()).isEqualTo(OutcomeKind.REACHED);
        TraceReceipt receipt = deliver(CELL + "xen-4-17/attempts/1", "xen-4.17-arm64", before);
        assertThat(receipt.getTraceDigest()).isEqualTo(before.summary().digest());
        assertThat(receipt.getEventCount()).isEqualTo(before.summary().events());
        assertThat(receipt.getFindingsList())
                .filteredOn(finding -> finding.getRule().equals("REG-TTBR"))
                .extracting(FindingSummary::getSymbol)
                .contains("switch_ttbr");

        TraceReceipt after = deliver(CELL + "xen-4-20/attempts/1", "xen-4.20-arm64", RealBoot.of("4.20-arm64", 2));
        assertThat(after.getFindingsList()).extracting(FindingSummary::getRule).doesNotContain("REG-TTBR");

        Trace trace = TraceServiceGrpc.newBlockingStub(channel)
                .getTrace(GetTraceRequest.newBuilder()
                        .setName(CELL + "xen-4-17/attempts/1")
                        .build());
        String id = trace.getName().substring("traces/".length());
        given().get("/v1/traces/" + id)
                .then()
                .statusCode(200)
                .body("architecture", equalTo("AARCH64"))
                .body("state", equalTo("SEALED"))
                .body("peCount", equalTo(2))
                .body("descriptorWriteCount", greaterThan(100));
        given().get("/v1/traces/" + id + "/findings").then().statusCode(200).body("findings.rule", hasItem("REG-TTBR"));
        given().get("/v1/traces/" + id + "/milestones")
                .then()
                .statusCode(200)
                .body("milestones.text", hasItem(startsWith("MMU on")));
        given().get("/v1/traces/" + id + ":map")
                .then()
                .statusCode(200)
                .body("enabled", equalTo(true))
                .body("ranges.size()", greaterThan(3));
        given().get("/v1/traces/" + id + ":walk?va=0x200000")
                .then()
                .statusCode(200)
                .body("fault", equalTo(false));
        given().get("/v1/findings?project=xen&rule=REG-TTBR")
                .then()
                .statusCode(200)
                .body("findings[0].firstImageName", equalTo("xen-4.17-arm64"));
        assertThat(given().get("/v1/traces/" + id + ":export").asByteArray()).isEqualTo(before.file());
        new Explorer("http://127.0.0.1:" + RestAssured.port).look(id);
    }

    @Test
    void refusalsAreProblemsOverRestAndStatusWithReasonOverGrpc() {
        given().get("/v1/traces/999999")
                .then()
                .statusCode(404)
                .contentType(containsString("application/problem+json"))
                .body("reason", equalTo("NOT_FOUND"))
                .body("code", equalTo("NOT_FOUND"))
                .body("detail", containsString("traces/999999"));
        given().get("/v1/traces/1:walk?va=zz").then().statusCode(400).body("detail", containsString("'zz'"));
        given().get("/v1/traces?pageSize=-1").then().statusCode(400).body("detail", containsString("page_size"));
        given().get("/v1/traces?pageToken=x").then().statusCode(400).body("detail", containsString("page_token"));
        given().get("/v1/occurrences").then().statusCode(400).body("detail", containsString("parent"));
        assertThatThrownBy(() -> TraceIngestServiceGrpc.newBlockingStub(channel)
                        .appendTrace(AppendTraceRequest.newBuilder()
                                .setAttempt("nonsense")
                                .setLeaseId("l")
                                .build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("attempts/{n}");
    }

    @Test
    void metricsAndHealthAreThereFromTheStart() {
        String metrics = given().get("/metrics").asString();
        assertThat(metrics)
                .contains(
                        "lab_trace_received_bytes_total",
                        "lab_trace_stored_bytes_total{encoding=\"chunk\"",
                        "lab_trace_steps_total",
                        "lab_findings_total{",
                        "lab_trace_append_seconds_bucket",
                        "lab_trace_analysis_seconds_count");
        given().get("/health/ready").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/trace/").then().statusCode(200).body(containsString("trace explorer"));
    }
}
