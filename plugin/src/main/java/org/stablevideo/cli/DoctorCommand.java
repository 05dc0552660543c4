package org.stablevideo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.stablevideo.host.BackendControl;
import org.stablevideo.host.UserFolders;
import org.stablevideo.model.CudaLibraries;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.FastPrecision;
import org.stablevideo.tensor.NvidiaCards;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.TensorEngine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: what works here, and what to do about the rest. */
@Command(name = "doctor", description = "Checks host, effect, backend and disk, and says what to do about what is wrong.")
public final class DoctorCommand implements Callable<Integer> {

    private static final long LEAST_FREE_BYTES = 2L << 30;

    /**
     * One thing that was looked at.
     *
     * @param name what
     * @param good whether it is as it should be
     * @param detail what was found, or what to do
     */
    private record Finding(String name, boolean good, String detail) {}

    /** Looks at one thing; a {@link ProblemException} becomes a finding. */
    @FunctionalInterface
    private interface Look {
        Finding at(String name) throws IOException;
    }

    @Option(names = "--json", description = "Answer on stdout as JSON.")
    private boolean json;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>();
        findings.add(find("java", name -> new Finding(name, Runtime.version().feature() >= 17, Runtime.version().toString())));
        findings.add(find("melt", DoctorCommand::melt));
        findings.add(find("effect", DoctorCommand::effect));
        findings.add(find("launcher", DoctorCommand::launcher));
        findings.add(find("backend", DoctorCommand::backend));
        findings.add(find("device", DoctorCommand::device));
        findings.add(find("cache", DoctorCommand::cache));
        print(findings);
        return findings.stream().allMatch(Finding::good) ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static Finding find(String name, Look look) {
        try {
            return look.at(name);
        } catch (ProblemException e) {
            return new Finding(name, false, e.problem().sentence());
        } catch (IOException | RuntimeException | LinkageError e) {
            return new Finding(name, false, e.toString());
        }
    }

    private static Finding melt(String name) {
        HostProcess.Answer answer = new HostProcess(Installation.current().launcher()).ask("--version");
        String first = answer.out().lines().findFirst().orElse("");
        return new Finding(name, first.contains("melt"), first.isEmpty() ? "melt does not start. Run: sudo apt-get install melt" : first);
    }

    private static Finding effect(String name) {
        boolean there = new HostProcess(Installation.current().launcher()).hasEffect();
        return new Finding(name, there, there ? "melt loads stablevideo" : "melt does not load it. Run packaging/quickstart.sh, or install the package.");
    }

    private static Finding launcher(String name) {
        Path launcher = Path.of(BackendControl.launcher());
        boolean there = Files.isExecutable(launcher);
        return new Finding(name, there, there ? launcher.toString() : launcher + " is missing. Install StableVideo again, or set STABLEVIDEO_LAUNCHER.");
    }

    private static Finding backend(String name) {
        return BackendControl.status()
                .map(status -> new Finding(name, true, "runs as process " + status.get("pid") + ", log file " + status.get("log").getAsString()))
                .orElseGet(() -> new Finding(name, true, "does not run; the first frame starts it"));
    }

    /** Where networks run, and what a card that is not used lacks. */
    private static Finding device(String name) {
        NvidiaCards cards = NvidiaCards.here();
        String card = String.join(", ", cards.models()) + cards.driver().map(version -> ", driver " + version).orElse("");
        if (TensorEngine.onGpu()) {
            return new Finding(name, true, "the graphics card (" + card + "), in half precision");
        }
        String processor = String.format(
                Locale.ROOT, "the processor, large networks in %s (%.0f billion operations a second; single precision %.0f)",
                FastPrecision.ofThisMachine().name().toLowerCase(Locale.ROOT), FastPrecision.operations(FastPrecision.ofThisMachine()) / 1e9,
                FastPrecision.operations(Precision.SINGLE) / 1e9);
        if (TensorEngine.wanted().equals("cpu") || cards.driver().isEmpty()) {
            return new Finding(name, true, processor + (cards.driver().isEmpty() ? "; there is no NVIDIA card" : ", as it was chosen"));
        }
        if (!cards.isDriverNewEnough()) {
            return new Finding(name, false, processor + "; " + card + " is too old for CUDA 12: install driver " + NvidiaCards.LEAST_DRIVER + " or newer");
        }
        boolean there = CudaLibraries.ofUser(Installation.userData()).isThere();
        return new Finding(name, !there, processor + "; " + card + " is there" + (there
                ? " and so are its libraries, but they do not work together: the log file says why (stablevideo backend status)"
                : ", too: stablevideo setup --cuda fetches what it needs"));
    }

    private static Finding cache(String name) throws IOException {
        Path folder = UserFolders.cache();
        Files.createDirectories(folder);
        long free = folder.toFile().getUsableSpace();
        boolean enough = Files.isWritable(folder) && free >= LEAST_FREE_BYTES;
        String room = folder + ", " + (free >> 20) + " MiB free";
        return new Finding(name, enough, enough ? room : room + ". Free disk space, or set STABLEVIDEO_CACHE to another disk.");
    }

    private void print(List<Finding> findings) {
        if (json) {
            JsonArray list = new JsonArray();
            for (Finding finding : findings) {
                JsonObject one = new JsonObject();
                one.addProperty("name", finding.name());
                one.addProperty("good", finding.good());
                one.addProperty("detail", finding.detail());
                list.add(one);
            }
            spec.commandLine().getOut().println(list);
            return;
        }
        for (Finding finding : findings) {
            spec.commandLine().getOut().println((finding.good() ? "ok     " : "WRONG  ") + finding.name() + ": " + finding.detail());
        }
    }
}
