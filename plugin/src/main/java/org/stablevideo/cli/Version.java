package org.stablevideo.cli;

import picocli.CommandLine.IVersionProvider;

/** Version of the program, from the jar it was packed in. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String packed = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "stablevideo " + (packed == null ? "(built from source)" : packed),
            "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
