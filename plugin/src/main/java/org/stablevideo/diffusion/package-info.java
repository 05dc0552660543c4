/** Text to picture: noise schedules, samplers, guidance. */
package org.stablevideo.diffusion;
