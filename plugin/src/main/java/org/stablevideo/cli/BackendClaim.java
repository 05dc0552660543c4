package org.stablevideo.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;
import org.stablevideo.host.BackendControl;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/** Makes room for a backend that was started with other settings than the one that runs. */
final class BackendClaim {

    private BackendClaim() {}

    /**
     * Ends a backend that runs with another value, unless it is at work.
     *
     * @param field of the backend's status
     * @param wanted its value
     * @param option the option that asked for it
     * @throws ProblemException request-invalid when it is at work
     */
    static void claim(String field, String wanted, String option) throws InterruptedException {
        Optional<JsonObject> running = BackendControl.status();
        String runs = running.map(status -> status.get(field)).map(JsonElement::getAsString).orElse("");
        if (running.isEmpty() || wanted.equals(runs)) {
            return;
        }
        if (running.get().get("hosts").getAsInt() > 0 || !running.get().getAsJsonArray("jobs").isEmpty()) {
            throw new ProblemException(new RequestInvalid(
                    "The backend runs with " + field + " " + runs + " and is at work for another program.",
                    "Wait for it or end it (stablevideo backend stop), or leave " + option + " out."));
        }
        BackendControl.stop();
    }
}
