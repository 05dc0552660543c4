/** The command line: arguments in, exit code out. Words of problems are those of {@code problem}; work is that of {@code pipeline} and of the host. */
package org.stablevideo.cli;
