using System.Text;
using Acquisition.Core;
using Acquisition.Storage.Shares;

namespace Acquisition.App.Runs;

/// <summary>Scripts that restore a plan's shares on a cluster. They name files by absolute paths, which every machine must see.</summary>
internal static class ClusterScripts
{
    public static string SubmitOf(string folder) => Path.Combine(folder, "submit.sh");

    /// <exception cref="StorageException">The disk refused.</exception>
    public static void Write(string folder, RestorePlan plan)
    {
        string plans = Quote(RestoreSession.PlanOf(folder)), program = Program(), logs = Path.Combine(folder, "logs");
        (string Name, string Text)[] files =
        [
            ("restore.sbatch", $"""
                #!/bin/sh
                #SBATCH --job-name=acquisition-restore
                #SBATCH --array=0-{plan.Tasks - 1}
                #SBATCH --cpus-per-task=2
                #SBATCH --requeue
                #SBATCH --open-mode=append
                #SBATCH --output={logs}/task-%a.log
                exec {program} restore-range --plan {plans} --task "$SLURM_ARRAY_TASK_ID" --threads "${"{SLURM_CPUS_PER_TASK:-1}"}"

                """),
            ("finish.sbatch", $"""
                #!/bin/sh
                #SBATCH --job-name=acquisition-finish
                #SBATCH --cpus-per-task=1
                #SBATCH --output={logs}/finish.log
                exec {program} finish {Quote(folder)}

                """),
            ("submit.sh", $"""
                #!/bin/sh
                # Restores all shares, and puts them together once every task has ended, however it ended. Give more options of sbatch, such as --partition.
                set -eu
                cd {Quote(folder)}
                array=$(sbatch --parsable "$@" restore.sbatch)
                finish=$(sbatch --parsable --dependency=afterany:"$array" "$@" finish.sbatch)
                echo "tasks: $array, finish: $finish"

                """),
            ("kubernetes.yaml", $"""
                # An indexed job that does the same. Put in an image with this program, and a volume that holds both the scan and {folder}.
                apiVersion: batch/v1
                kind: Job
                metadata:
                  name: acquisition-restore
                spec:
                  completionMode: Indexed
                  completions: {plan.Tasks}
                  parallelism: {Math.Min(plan.Tasks, 8)}
                  backoffLimitPerIndex: 3
                  template:
                    spec:
                      restartPolicy: Never
                      containers:
                        - name: restore
                          image: IMAGE-WITH-ACQUISITION
                          # The task is JOB_COMPLETION_INDEX, which the job sets.
                          command: ["acquisition", "restore-range", "--plan", "{RestoreSession.PlanOf(folder)}"]
                          volumeMounts:
                            - name: data
                              mountPath: {Path.GetDirectoryName(folder)}
                      volumes:
                        - name: data
                          persistentVolumeClaim:
                            claimName: CLAIM-WITH-THE-DATA

                """),
        ];
        try
        {
            Directory.CreateDirectory(logs);
            foreach (var (name, text) in files) File.WriteAllText(Path.Combine(folder, name), text, new UTF8Encoding(false));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The scripts cannot be written to '{folder}': {fault.Message}", fault);
        }
    }

    /// <summary>This program, as a shell starts it.</summary>
    private static string Program()
    {
        string process = Environment.ProcessPath ?? "acquisition", dll = Path.Combine(AppContext.BaseDirectory, "acquisition.dll");
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? $"{Quote(process)} {Quote(dll)}" : Quote(process);
    }

    private static string Quote(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
