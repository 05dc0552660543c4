package org.stablevideo.cli;

import java.util.Map;
import java.util.Optional;
import org.stablevideo.tensor.TensorEngine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where networks run. */
final class DeviceOption {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    private Optional<String> chosen = Optional.empty();

    @Option(names = "--device", paramLabel = "auto|cpu|cuda:N", description = "Where networks run (default auto: the first NVIDIA card that works).")
    void choose(String device) {
        if (!TensorEngine.isDevice(device)) {
            throw new ParameterException(spec.commandLine(), "“" + device + "” is no device. Give auto, cpu, or cuda:0 for the first NVIDIA card.");
        }
        chosen = Optional.of(device);
        System.setProperty(TensorEngine.DEVICE, device);
    }

    /** What a host must be started with, so that a backend that it starts runs there. */
    Map<String, String> environment() {
        return chosen.map(device -> Map.of("STABLEVIDEO_DEVICE", device)).orElse(Map.of());
    }

    /**
     * Makes room for a backend that runs there: one that runs elsewhere is ended, unless it is at work.
     *
     * @throws org.stablevideo.problem.ProblemException request-invalid when it is
     */
    void claimBackend() throws InterruptedException {
        if (chosen.isPresent()) {
            BackendClaim.claim("device", chosen.get(), "--device");
        }
    }
}
