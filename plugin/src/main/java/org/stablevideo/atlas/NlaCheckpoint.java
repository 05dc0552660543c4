package org.stablevideo.atlas;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.cache.UnfinishedWork;
import org.stablevideo.model.NlaNetwork;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.SafetensorsOutput;
import org.stablevideo.tensor.TensorEntry;

/**
 * A training that broke off or may break off, on disk: a safetensors file of the networks' {@link NlaNetwork#layout state}, whose metadata tell how far it
 * is and the checksum of its data. It appears complete or not at all.
 *
 * @param file where it lies
 */
record NlaCheckpoint(Path file) {

    static final String ENDING = ".nla.safetensors";

    private static final Logger LOG = LoggerFactory.getLogger(NlaCheckpoint.class);
    private static final Duration KEPT = Duration.ofDays(60);

    /**
     * How far a training is.
     *
     * @param settled steps of the mappings' beginning
     * @param iteration iterations done
     * @param seconds time spent on both
     */
    record Place(int settled, int iteration, double seconds) {

        /** Before everything. */
        static final Place START = new Place(0, 0, 0);
    }

    /** The checkpoint of a piece of work in a folder; those that nobody has taken up for two months are given up. */
    static NlaCheckpoint of(Path folder, String id) {
        if (Files.isDirectory(folder)) {
            try {
                UnfinishedWork.sweep(folder, name -> name.endsWith(ENDING), KEPT);
            } catch (IOException e) {
                LOG.warn("{} cannot be tidied ({})", folder, e.getMessage());
            }
        }
        return new NlaCheckpoint(folder.resolve(id + ENDING));
    }

    /**
     * Writes where a training is.
     *
     * @return whether there was room for it
     */
    boolean write(NlaNetwork network, Place place) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path part = Files.createTempFile(file.toAbsolutePath().getParent(), "nla", ".part");
            try {
                Map<String, float[]> state = network.state();
                Map<String, String> told = new LinkedHashMap<>();
                told.put("settled", Integer.toString(place.settled()));
                told.put("iteration", Integer.toString(place.iteration()));
                told.put("seconds", Double.toString(place.seconds()));
                told.put("crc32", sum(state));
                SafetensorsOutput.write(part, told, network.layout(), (name, shape) -> state.get(name));
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return true;
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            LOG.warn("the training cannot be kept in {} ({})", file, e.getMessage());
            return false;
        }
    }

    /**
     * Takes a training up where it was left; a file that is damaged is dropped.
     *
     * @return empty where there is none, or none of use
     */
    Optional<Place> read(NlaNetwork network) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            Map<String, float[]> state = new LinkedHashMap<>();
            for (Map.Entry<String, long[]> wanted : network.layout().entrySet()) {
                TensorEntry entry = open.entries().get(wanted.getKey());
                if (entry == null || !Arrays.equals(entry.shape(), wanted.getValue())) {
                    throw new IllegalArgumentException("it lacks " + wanted.getKey());
                }
                state.put(wanted.getKey(), open.weights("").floats(wanted.getKey()));
            }
            if (!sum(state).equals(open.metadata().get("crc32"))) {
                throw new IllegalArgumentException("its checksum is another");
            }
            Map<String, String> told = open.metadata();
            Place place = new Place(
                    Integer.parseInt(told.get("settled")), Integer.parseInt(told.get("iteration")), Double.parseDouble(told.get("seconds")));
            network.restore(state);
            return Optional.of(place);
        } catch (ProblemException | IllegalArgumentException e) {
            LOG.warn("the unfinished training {} is damaged and begins anew ({})", file, e.getMessage());
            forget();
            return Optional.empty();
        }
    }

    /** The training is finished, or of no use. */
    void forget() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted ({})", file, e.getMessage());
        }
    }

    private static String sum(Map<String, float[]> state) {
        CRC32 crc = new CRC32();
        state.forEach((name, values) -> {
            ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            crc.update(bytes.array());
        });
        return Long.toHexString(crc.getValue());
    }
}
