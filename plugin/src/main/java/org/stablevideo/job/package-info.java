/** Long work: queue, progress, cancellation, one {@link org.stablevideo.job.Outcome} a job. */
package org.stablevideo.job;
