using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Something with parameters. What a module of one's own holds in fields counts after <see cref="RegisterComponents"/>.</summary>
        public partial class Module : IDisposable
        {
            protected string? name;

            private readonly List<(string Name, Module Module)> _modules = [];
            private readonly List<(string Name, Parameter Parameter)> _parameters = [];
            private readonly List<(string Name, Tensor Buffer, bool IsPersistent)> _buffers = [];
            private bool _isRegistered;

            protected Module(string name) => this.name = name;

            ~Module() => Dispose(false);

            /// <summary>Whether layers that behave otherwise in training, such as dropout, do so.</summary>
            public virtual bool training { get; private set; } = true;

            public virtual string GetName() => name ?? GetType().Name;

            public virtual void train(bool train = true)
            {
                training = train;
                foreach ((_, Module child) in named_children()) child.train(train);
            }

            public virtual void eval() => train(false);

            public virtual Module apply(Action<Module> fn)
            {
                foreach ((_, Module child) in named_children()) child.apply(fn);
                fn(this);
                return this;
            }

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (Parameter parameter in parameters())
                {
                    using Tensor? grad = parameter.grad;
                    if (grad is null) continue;
                    if (set_to_none) parameter.grad = null;
                    else grad.zero_();
                }
            }

            public virtual IEnumerable<(string name, Module module)> named_children() => _modules;

            public virtual IEnumerable<Module> children() => named_children().Select(child => child.module);

            public virtual IEnumerable<(string name, Module module)> named_modules() =>
            [
                .. named_children(),
                .. named_children().SelectMany(child => child.module.named_modules().Select(inner => ($"{child.name}.{inner.name}", inner.module))),
            ];

            public virtual IEnumerable<Module> modules() => named_modules().Select(module => module.module);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<nint>();
                foreach ((string own, Parameter parameter) in _parameters)
                {
                    if (!parameter.IsInvalid && seen.Add(parameter.Handle)) yield return (own, parameter);
                }

                foreach ((string child, Module module) in recurse ? named_children() : [])
                {
                    foreach ((string inner, Parameter parameter) in module.named_parameters())
                    {
                        if (seen.Add(parameter.Handle)) yield return ($"{child}.{inner}", parameter);
                    }
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(parameter => parameter.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<nint>();
                foreach ((string own, Tensor buffer, bool isPersistent) in _buffers)
                {
                    if (isPersistent && !buffer.IsInvalid && seen.Add(buffer.Handle)) yield return (own, buffer);
                }

                foreach ((string child, Module module) in recurse ? named_children() : [])
                {
                    foreach ((string inner, Tensor buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.Handle)) yield return ($"{child}.{inner}", buffer);
                    }
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(buffer => buffer.buffer);

            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentNullException.ThrowIfNull(param);
                if (_parameters.Any(known => known.Name == name)) throw new InvalidOperationException($"Parameter {name} is already registered.");
                _parameters.Add((name, param));
            }

            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                if (_buffers.Any(known => known.Name == name)) throw new InvalidOperationException($"Tensor {name} is already registered.");
                _buffers.Add((name, tensor, persistent));
            }

            /// <exception cref="ArgumentException">The name is empty or has a dot.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                ArgumentException.ThrowIfNullOrEmpty(name);
                if (name.Contains('.', StringComparison.Ordinal)) throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (_modules.Any(known => known.Name == name)) throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _modules.Add((name, submodule));
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Registers modules, parameters and tensors by the names of the fields that hold them.</summary>
            protected virtual void RegisterComponents()
            {
                if (_isRegistered) return;
                _isRegistered = true;
                foreach (FieldInfo field in Fields())
                {
                    string fieldName = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
                    object? value = field.GetValue(this);
                    if (_modules.Any(known => known.Name == fieldName || known.Module == value)
                        || _parameters.Any(known => known.Name == fieldName || ReferenceEquals(known.Parameter, value))
                        || _buffers.Any(known => known.Name == fieldName || ReferenceEquals(known.Buffer, value))) continue;
                    if (value is Module module) register_module(fieldName, module);
                    else if (value is Parameter parameter) register_parameter(fieldName, parameter);
                    else if (value is Tensor tensor) register_buffer(fieldName, tensor);
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (Tensor buffer in buffers(recurse: false)) buffer.Dispose();
                foreach (Parameter parameter in parameters(recurse: false)) parameter.Dispose();
                foreach (Module module in children()) module.Dispose();
            }

            /// <summary>Fields of this type and of those it derives from, up to this one.</summary>
            private IEnumerable<FieldInfo> Fields()
            {
                for (Type? type = GetType(); type is not null && type != typeof(Module); type = type.BaseType)
                {
                    foreach (FieldInfo one in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                        yield return one;
                }
            }
        }
    }
}
