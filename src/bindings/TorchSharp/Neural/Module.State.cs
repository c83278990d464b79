using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Parameters and buffers by name; the tensors themselves, not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                string start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach ((string own, Parameter parameter) in named_parameters()) destination.TryAdd(start + own, parameter);
                foreach ((string own, Tensor buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(start + own, buffer);
                return destination;
            }

            /// <summary>Copies values into the module's own tensors.</summary>
            /// <exception cref="InvalidOperationException">The names are not the module's, and <paramref name="strict"/> is true.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                skip ??= [];
                Dictionary<string, Tensor> own = state_dict();
                List<string> missing = [.. own.Keys.Where(key => !skip.Contains(key) && !source.ContainsKey(key))];
                List<string> unexpected = [.. source.Keys.Where(key => !skip.Contains(key) && !own.ContainsKey(key))];
                if (strict && missing.Count + unexpected.Count > 0)
                    throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");

                using IDisposable frozen = no_grad();
                foreach ((string key, Tensor value) in source)
                {
                    if (!skip.Contains(key) && own.TryGetValue(key, out Tensor? target)) target.copy_(value);
                }

                return (missing, unexpected);
            }

            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Moved(dtype, device);

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => Moved(null, new Device(deviceType, deviceIndex));

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Moved(dtype, null);

            /// <summary>Puts other tensors in the place of those that must change, in the fields too. Optimizers know only the old ones.</summary>
            private Module Moved(ScalarType? type, Device? device)
            {
                if (type is ScalarType wanted && !wanted.IsFloatingPoint())
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={wanted}");
                if (device is not null) InitializeDeviceType(device.type);
                foreach ((_, Module child) in named_children()) child.Moved(type, device);
                for (int i = 0; i < _parameters.Count; i++)
                {
                    Parameter before = _parameters[i].Parameter;
                    if (before.IsInvalid || !before.WouldCopy(TypeFor(before, type), device)) continue;
                    Parameter after = Copied(before, TypeFor(before, type), device);
                    _parameters[i] = (_parameters[i].Name, after);
                    Replace(before, after);
                }

                for (int i = 0; i < _buffers.Count; i++)
                {
                    Tensor before = _buffers[i].Buffer;
                    if (before.IsInvalid || !before.WouldCopy(TypeFor(before, type), device)) continue;
                    Tensor after = before.to(TypeFor(before, type) ?? before.dtype, device ?? before.device).DetachFromDisposeScope();
                    _buffers[i] = (_buffers[i].Name, after, _buffers[i].IsPersistent);
                    Replace(before, after);
                }

                return this;
            }

            private void Replace(Tensor before, Tensor after)
            {
                foreach (FieldInfo field in Fields())
                {
                    if (typeof(Tensor).IsAssignableFrom(field.FieldType) && ReferenceEquals(field.GetValue(this), before)) field.SetValue(this, after);
                }

                before.Dispose();
            }

            private static ScalarType? TypeFor(Tensor tensor, ScalarType? type) => tensor.is_floating_point() ? type : null;

            private static Parameter Copied(Parameter before, ScalarType? type, Device? device)
            {
                using IDisposable frozen = no_grad();
                ScalarType newType = type ?? before.dtype;
                Device newDevice = device ?? before.device;
                var after = (Parameter)new Parameter(before.to(newType, newDevice), before.requires_grad).DetachFromDisposeScope();
                using Tensor? grad = before.grad;
                if (grad is null) return after;
                using Tensor moved = grad.to(newType, newDevice);
                after.grad = moved;
                return after;
            }
        }
    }
}
